/// The figures as tables for a terminal.
struct TextReport {
    let facts: RunFacts
    let measurements: [Measurement]

    var text: String {
        [heading, ratios, costs, shapes, openLoops, single, errors].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var heading: String {
        let machine = facts.machine
        let settings = facts.settings.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return """
            \(machine.processor), \(machine.coreCount) cores shared by client, server and database, \
            \(machine.memoryMegabytes) MB, Linux \(machine.kernel)
            PostgreSQL \(facts.postgresVersion): \(settings)
            flushes \(NumberText.fixed(facts.flushesPerSecond, 0))/s, median \
            \(NumberText.fixed(facts.flushMedianMicroseconds, 0)) µs

            """
    }

    /// Rates beside pgbench's: the medians of all windows; the ratio is the median over pairs, with its spread.
    private var ratios: String {
        guard !measurements.isEmpty else { return "" }
        var table = Table(["workload", "conn", "server/s", "pgbench/s", "ratio", "spread", "goal", "", "errors"])
        for row in measurements {
            let ratios = row.ratios
            let goal =
                row.goal.map { "≥ \(NumberText.fixed($0, 2))" } ?? row.rateGoal.map { "≥ \(NumberText.short($0))/s" }
            let spread = [ratios.min(), ratios.max()].compactMap(\.self).map { NumberText.fixed($0, 2) }
            table.add([
                row.unit.map { "\(row.title), \($0)" } ?? row.title, "\(row.connectionCount)",
                row.serverRates.median.map(NumberText.short) ?? "",
                row.ceilingRates.median.map(NumberText.short) ?? "",
                ratios.median.map { NumberText.fixed($0, 2) } ?? "", spread.joined(separator: "–"),
                goal ?? "", row.isGoalMet.map { $0 ? "met" : "NOT MET" } ?? "", "\(row.load.errors)",
            ])
        }
        var notes = ""
        for row in measurements where row.isUnsteady {
            notes += "\(row.title): pgbench's own rate moved by more than a quarter; do not trust this row.\n"
        }
        for row in measurements where !row.isPrepared {
            notes += "\(row.title): the server plans each execution, so pgbench runs with -M extended.\n"
        }
        return table.text + notes
    }

    private var costs: String {
        guard !measurements.isEmpty else { return "" }
        var table = Table([
            "CPU per answer", "server µs", "PG", "client", "twin: PG", "pgbench", "ratio", "p50 ms", "p95", "p99",
            "RSS MB", "foreign", "steal s",
        ])
        for row in measurements {
            func percentile(_ share: Double) -> String {
                row.load.latency.milliseconds(at: share).map { NumberText.fixed($0, 2) } ?? ""
            }
            table.add([
                row.title, NumberText.short(row.microseconds(row.times.server)),
                NumberText.short(row.microseconds(row.times.postgres)),
                NumberText.short(row.microseconds(row.times.client)), twin(row.twinTimes.postgres, row),
                twin(row.twinTimes.client, row), row.processorRatio.map { NumberText.fixed($0, 2) } ?? "",
                percentile(0.5), percentile(0.95), percentile(0.99), NumberText.fixed(row.residentMegabytes, 0),
                NumberText.fixed(row.foreignShare, 2), NumberText.fixed(row.times.steal, 2),
            ])
        }
        return table.text
    }

    private func twin(_ seconds: Double, _ row: Measurement) -> String {
        row.twinTransactions > 0 ? NumberText.short(row.twinMicroseconds(seconds)) : ""
    }

    /// Latency of each kind of request of a mix, slowest first.
    private var shapes: String {
        measurements.compactMap { row -> String? in
            guard row.shapeNames.count > 1 else { return nil }
            var table = Table([row.title, "answers", "p50 ms", "p95", "p99"])
            let rows = zip(row.shapeNames, row.load.shapes).sorted {
                ($0.1.milliseconds(at: 0.99) ?? 0) > ($1.1.milliseconds(at: 0.99) ?? 0)
            }
            for (name, histogram) in rows {
                let shares = [0.5, 0.95, 0.99].map { share in
                    histogram.milliseconds(at: share).map { NumberText.fixed($0, 2) } ?? ""
                }
                table.add([name, "\(histogram.count)"] + shares)
            }
            let goal = row.worstShapeGoal.map { "worst p99 goal ≤ \(NumberText.fixed($0, 0)) ms\n" } ?? ""
            return table.text + goal
        }.joined(separator: "\n")
    }

    private var openLoops: String {
        measurements.compactMap { row in
            guard let open = row.openLoop else { return nil }
            func percentile(_ share: Double) -> String {
                open.result.latency.milliseconds(at: share).map { NumberText.fixed($0, 2) } ?? "–"
            }
            return "\(row.title), open loop at \(NumberText.short(open.rate))/s: p50 \(percentile(0.5)) ms, "
                + "p95 \(percentile(0.95)) ms, p99 \(percentile(0.99)) ms; \(open.result.errors) errors, "
                + "\(open.result.lateSends) sent late" + goal(open, row.openLoopGoal) + "\n"
        }.joined()
    }

    private func goal(_ open: Measurement.OpenLoopResult, _ limit: Double?) -> String {
        guard let limit, let worst = open.result.latency.milliseconds(at: 0.99) else { return "" }
        return "; p99 ≤ \(NumberText.short(limit)) ms \(worst <= limit ? "met" : "NOT MET")"
    }

    private var single: String {
        var table = Table(["figure", "value", "goal", ""])
        func verdict(_ isMet: Bool) -> String { isMet ? "met" : "NOT MET" }
        if let load = facts.load {
            table.add([
                "load, resources/s", NumberText.short(Double(load.resourceCount) / load.seconds),
                "", "\(load.resourceCount) in \(NumberText.short(load.seconds)) s",
            ])
        }
        if let disk = facts.disk {
            table.add([
                "disk ÷ raw NDJSON", NumberText.fixed(disk.ratio, 2), "≤ \(NumberText.fixed(RunFacts.diskGoal, 1))",
                verdict(disk.ratio <= RunFacts.diskGoal),
            ])
            for part in disk.parts where part.bytes > 0 {
                table.add(["  \(part.name)", NumberText.fixed(Double(part.bytes) / Double(disk.rawBytes), 2), "", ""])
            }
        }
        if let cost = facts.validationMicroseconds {
            table.add([
                "validating 1.8 kB, µs", NumberText.fixed(cost, 1), "≤ \(NumberText.fixed(ValidationCost.goal, 0))",
                verdict(cost <= ValidationCost.goal),
            ])
        }
        if let rate = facts.parsedMessagesPerSecond {
            table.add([
                "parsing ORU^R01 of 8 OBX, /s", NumberText.short(rate), "≥ \(NumberText.short(MessageParsing.goal))",
                verdict(rate >= MessageParsing.goal),
            ])
        }
        if let first = facts.firstStartSeconds {
            table.add(["first start, new database, s", NumberText.fixed(first, 2), "", ""])
        }
        if let start = facts.startSeconds.median {
            table.add([
                "start to ready, s", NumberText.fixed(start, 3), "≤ \(NumberText.fixed(RunFacts.startGoal, 1))",
                verdict(start <= RunFacts.startGoal),
            ])
        }
        if let idle = facts.idleMegabytes {
            table.add([
                "RSS idle, MB", NumberText.fixed(idle, 0), "≤ \(NumberText.fixed(RunFacts.idleGoal, 0))",
                verdict(idle <= RunFacts.idleGoal),
            ])
        }
        for (name, megabytes) in [
            ("RSS after the run, MB", facts.loadedMegabytes), ("PostgreSQL, PSS MB", facts.postgresMegabytes),
        ] {
            if let megabytes { table.add([name, NumberText.fixed(megabytes, 0), "", ""]) }
        }
        return table.isEmpty ? "" : table.text
    }

    private var errors: String {
        measurements.compactMap { row in
            guard row.load.errors > 0 else { return nil }
            let statuses = row.load.errorStatuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            return "\(row.title): \(statuses.joined(separator: ", ")); first: \(row.load.firstError ?? "?")\n"
        }.joined()
    }
}
