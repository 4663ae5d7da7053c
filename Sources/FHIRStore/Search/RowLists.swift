/// Lists of row numbers that indexes give without reading the rows.
struct RowLists {
    /// Queries that together list every row that can match, perhaps others too.
    var queries: [String]
    /// Where one side table alone has the lists: what it says of its rows `s`. If the lists do not end soon, its rows
    /// are walked instead of the resources': it has none of the many resources without any such value.
    var sideRows: (table: String, condition: String)?
    /// Longest list that is taken; by default as the order of the page says.
    var greatest: Int?
    /// The conditions that find rows if the lists do not end soon, where these are left to the planner.
    var rest: [String]?
}
