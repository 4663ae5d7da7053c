/// What was seen of one workload.
struct Measurement {
    let name: String
    let title: String
    let connectionCount: Int
    var goal: Double?
    /// Least answers per second that the project asks for, where the goal is no ratio.
    var rateGoal: Double?
    /// Names of the kinds of request, where there are several.
    var shapeNames: [String] = []
    /// Greatest p99 in milliseconds that the slowest kind may have.
    var worstShapeGoal: Double?
    /// What the rates count, where it is not requests.
    var unit: String?

    var serverRates: [Double] = []
    /// Rates of pgbench in the windows that followed.
    var ceilingRates: [Double] = []
    var load = LoadResult()
    var openLoop: OpenLoopResult?
    /// Greatest 99th percentile that it may have, in milliseconds.
    var openLoopGoal: Double?
    /// False where the server leaves planning to each execution, so that pgbench does as well.
    var isPrepared = true

    /// CPU over all windows of the server, and PostgreSQL's over all of pgbench.
    var times = ProcessTimes()
    var twinTimes = ProcessTimes()
    var twinTransactions = 0
    /// Highest resident set of the server so far, in megabytes.
    var residentMegabytes = 0.0

    struct OpenLoopResult {
        var rate: Double
        var result: LoadResult
    }

    /// Server ÷ pgbench, pair by pair.
    var ratios: [Double] {
        zip(serverRates, ceilingRates).compactMap { $1 > 0 ? $0 / $1 : nil }
    }

    /// The machine changed under the run: its own ceiling moved by more than a quarter.
    var isUnsteady: Bool {
        guard let low = ceilingRates.min(), let high = ceilingRates.max(), low > 0 else { return false }
        return high / low > 1.25
    }

    /// The kind of request with the greatest p99.
    var worstShape: (name: String, milliseconds: Double)? {
        guard shapeNames.count > 1 else { return nil }
        let tails = zip(shapeNames, load.shapes).compactMap { name, histogram in
            histogram.milliseconds(at: 0.99).map { (name: name, milliseconds: $0) }
        }
        return tails.max { $0.milliseconds < $1.milliseconds }
    }

    var isGoalMet: Bool? {
        if let worstShapeGoal, let worst = worstShape, worst.milliseconds > worstShapeGoal { return false }
        if let goal, let ratio = ratios.median { return ratio >= goal }
        if let rateGoal, let rate = serverRates.median { return rate >= rateGoal }
        return nil
    }

    /// CPU microseconds for each answer.
    func microseconds(_ seconds: Double) -> Double { load.answers > 0 ? seconds * 1e6 / Double(load.answers) : 0 }

    /// CPU microseconds for each of pgbench's transactions.
    func twinMicroseconds(_ seconds: Double) -> Double {
        twinTransactions > 0 ? seconds * 1e6 / Double(twinTransactions) : 0
    }

    /// CPU of pgbench and PostgreSQL for a transaction ÷ CPU of all that takes part in an answer: what the ratio of
    /// rates would be if nothing but CPU counted. Steadier than that when others use the machine.
    var processorRatio: Double? {
        let own = microseconds(times.server + times.postgres + times.client)
        let twin = twinMicroseconds(twinTimes.postgres + twinTimes.client)
        return own > 0 && twin > 0 ? twin / own : nil
    }

    /// Share of all cores that neither the server nor PostgreSQL nor the generator used.
    var foreignShare: Double {
        guard times.wall > 0 else { return 0 }
        let own = times.server + times.postgres + times.client
        return max(0, times.machine - own) / times.wall
    }
}

extension [Double] {
    var median: Double? {
        guard !isEmpty else { return nil }
        let ordered = sorted()
        let middle = count / 2
        return count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }
}
