/** Next.js asks for one. */
// oxlint-disable-next-line import/no-default-export -- the shape that a layout has
export default function Layout({ children }) {
  return children;
}
