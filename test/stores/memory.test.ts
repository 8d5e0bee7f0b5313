import { memory } from '../../src/stores/memory.ts';
import { conformance } from './conformance.ts';

conformance('memory', memory);
