/// One row of the table: what is asked of the server, and how it is set beside PostgreSQL alone.
struct Workload {
    /// Short name for `--only`.
    let name: String
    /// What the table calls it.
    let title: String
    let connectionCount: Int
    /// Chosen from at random: first the shape, then one of its requests.
    let shapes: [RequestShape]
    let expectedStatus: Int
    /// Sent once each while statements are taken down.
    let samples: [RequestShape]
    /// Where the twin makes ids by arithmetic.
    var ids: IDSpace?
    /// Least ratio of the server's rate to pgbench's that the project asks for; nil where it asks for none.
    var goal: Double?
    /// Also measure latency at half of the peak rate.
    var measuresOpenLoop = false
    /// Greatest p99 of the worst shape in milliseconds that the project asks for.
    var worstShapeGoal: Double?

    /// A workload of one shape.
    init(
        name: String, title: String, connectionCount: Int, requests: [HTTPRequest], expectedStatus: Int,
        samples: [HTTPRequest], ids: IDSpace? = nil, goal: Double? = nil, measuresOpenLoop: Bool = false
    ) {
        self.init(
            name: name, title: title, connectionCount: connectionCount,
            shapes: [RequestShape(name: name, requests: requests)], expectedStatus: expectedStatus,
            samples: [RequestShape(name: name, requests: samples)])
        self.ids = ids
        self.goal = goal
        self.measuresOpenLoop = measuresOpenLoop
    }

    init(
        name: String, title: String, connectionCount: Int, shapes: [RequestShape], expectedStatus: Int,
        samples: [RequestShape]
    ) {
        self.name = name
        self.title = title
        self.connectionCount = connectionCount
        self.shapes = shapes
        self.expectedStatus = expectedStatus
        self.samples = samples
    }
}
