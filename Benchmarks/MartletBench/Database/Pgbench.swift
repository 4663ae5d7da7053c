/// Runs twin scripts under pgbench.
struct Pgbench {
    let postgres: Postgres
    let folder: String

    struct Result {
        var rate = 0.0
        /// Transactions over the whole run, warm-up included: what CPU time is divided by.
        var transactions = 0
        var failures = 0
    }

    /// Seconds at the start that do not count: connections are made, statements planned.
    static let warmUpSeconds = 1

    /// Runs the scripts with `clients` connections and one thread.
    func run(_ scripts: [TwinScript], workload: String, clients: Int, seconds: Int) throws -> Result {
        var arguments = [
            postgres.programs + "/pgbench", "-n", "-j", "1", "-c", "\(clients)",
            "-T", "\(seconds + Self.warmUpSeconds)", "-P", "1", "-M",
            scripts.allSatisfy(\.isPrepared) ? "prepared" : "extended",
        ]
        let run = RunNumber.next()
        for (index, script) in scripts.enumerated() {
            let path = "\(folder)/\(workload)_\(index).sql"
            try TextFile.write(script.text, to: path)
            arguments += ["-f", "\(path)@\(script.weight)"]
            arguments += script.definitions(run: run)
        }
        let outcome = try Command.run(arguments, environment: postgres.environment)
        guard outcome.status == 0 else { throw BenchError(.program, "pgbench: \(outcome.errors.suffix(1500))") }
        return Self.parse(outcome)
    }

    /// Lines such as `progress: 2.0 s, 12345.6 tps, lat 2.5 ms …`; the last may be a short rest.
    private static func parse(_ outcome: Command.Outcome) -> Result {
        var result = Result()
        var rates: [Double] = []
        for line in outcome.errors.split(separator: "\n") where line.hasPrefix("progress: ") {
            let words = line.split(separator: " ")
            if words.count > 3, let rate = Double(words[3]) { rates.append(rate) }
        }
        let counted = rates.dropFirst(warmUpSeconds)
        result.rate = counted.isEmpty ? 0 : counted.reduce(0, +) / Double(counted.count)
        for line in outcome.output.split(separator: "\n") {
            if line.hasPrefix("number of transactions actually processed:") {
                result.transactions = Int(line.split(separator: " ")[5]) ?? 0
            }
            if line.hasPrefix("number of failed transactions:") {
                result.failures = Int(line.split(separator: " ")[4]) ?? 0
            }
        }
        return result
    }
}
