/// One row of the table: what is asked of the server, and how it is set beside PostgreSQL alone.
struct Workload {
    /// Short name for `--only`.
    let name: String
    /// What the table calls it.
    let title: String
    let connectionCount: Int
    /// Chosen from at random.
    let requests: [HTTPRequest]
    let expectedStatus: Int
    /// Sent once each while statements are taken down.
    let samples: [HTTPRequest]
    /// Where the twin makes ids by arithmetic.
    var ids: IDSpace?
    /// Least ratio of the server's rate to pgbench's that the project asks for; nil where it asks for none.
    var goal: Double?
    /// Also measure latency at half of the peak rate.
    var measuresOpenLoop = false
}
