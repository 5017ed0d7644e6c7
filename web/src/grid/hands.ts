/** What the first look at a sheet does not need: loaded with the first fill or paste. */
export { fill, fillFrom, fillToNeighbours } from "./fill";
export { paste } from "./paste";
