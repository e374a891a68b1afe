/**
 * The roles of a table's parts, said outright: its rows are laid out as grids, and with that some browsers no longer take
 * them for a table.
 */
export const TABLE = { role: "table" } as const;
export const ROWS = { role: "rowgroup" } as const;
export const ROW = { role: "row" } as const;
