/** The optional methods of a store, passed on by a store that wraps it. */
import type { Store } from '../contracts/store.ts';

type Optional = Pick<
  Store,
  | 'modelOfReply'
  | 'intentOfReply'
  | 'controls'
  | 'setControl'
  | 'routingCells'
  | 'nodeTotals'
  | 'setAside'
  | 'sessions'
  | 'putSessions'
  | 'forgetSessions'
>;

/** The optional methods that the store has. @param ask calls the store, with a time limit for example */
export function optionalMethods(
  store: Store,
  ask: <Answer>(question: () => Promise<Answer>) => Promise<Answer> = async question => question(),
): Optional {
  const { modelOfReply, intentOfReply, controls, setControl, routingCells, nodeTotals } = store;
  const { setAside, sessions, putSessions, forgetSessions } = store;
  return {
    ...(modelOfReply === undefined ? {} : { modelOfReply: async key => ask(async () => modelOfReply(key)) }),
    ...(intentOfReply === undefined ? {} : { intentOfReply: async key => ask(async () => intentOfReply(key)) }),
    ...(controls === undefined ? {} : { controls: async damaged => ask(async () => controls(damaged)) }),
    ...(routingCells === undefined ? {} : { routingCells: async feature => ask(async () => routingCells(feature)) }),
    ...(nodeTotals === undefined ? {} : { nodeTotals: async () => ask(async () => nodeTotals()) }),
    ...(setAside === undefined ? {} : { setAside: async () => ask(async () => setAside()) }),
    ...(sessions === undefined ? {} : { sessions: async ids => ask(async () => sessions(ids)) }),
    ...(putSessions === undefined ? {} : { putSessions: async states => ask(async () => putSessions(states)) }),
    ...(forgetSessions === undefined ? {} : { forgetSessions: async ids => ask(async () => forgetSessions(ids)) }),
    ...(setControl === undefined ? {} : { setControl: async control => ask(async () => setControl(control)) }),
  };
}
