/// The figures for programs.
struct JSONReport {
    let facts: RunFacts
    let measurements: [Measurement]

    var text: String {
        JSONText.object([
            ("machine", machine), ("postgresql", postgres),
            ("workloads", .array(measurements.map(workload))), ("figures", figures),
        ]).text + "\n"
    }

    private var machine: JSONText {
        .object([
            ("processor", .string(facts.machine.processor)), ("cores", .number(Double(facts.machine.coreCount))),
            ("memoryMegabytes", .number(Double(facts.machine.memoryMegabytes))),
            ("kernel", .string(facts.machine.kernel)), ("flushesPerSecond", .number(facts.flushesPerSecond)),
            ("flushMedianMicroseconds", .number(facts.flushMedianMicroseconds)),
        ])
    }

    private var postgres: JSONText {
        .object([("version", .string(facts.postgresVersion))] + facts.settings.map { ($0.name, .string($0.value)) })
    }

    private func workload(_ row: Measurement) -> JSONText {
        .object([
            ("name", .string(row.name)), ("connections", .number(Double(row.connectionCount))),
            ("serverPerSecond", .numbers(row.serverRates)), ("pgbenchPerSecond", .numbers(row.ceilingRates)),
            ("ratios", .numbers(row.ratios)), ("medianRatio", .optional(row.ratios.median)),
            ("goalRatio", .optional(row.goal)), ("goalPerSecond", .optional(row.rateGoal)),
            ("goalMet", row.isGoalMet.map { .bool($0) } ?? .null), ("unsteady", .bool(row.isUnsteady)),
            ("prepared", .bool(row.isPrepared)), ("errors", .number(Double(row.load.errors))),
            ("serverCPUMicroseconds", .number(row.microseconds(row.times.server))),
            ("postgresCPUMicroseconds", .number(row.microseconds(row.times.postgres))),
            ("clientCPUMicroseconds", .number(row.microseconds(row.times.client))),
            ("twinPostgresCPUMicroseconds", .number(row.twinMicroseconds(row.twinTimes.postgres))),
            ("pgbenchCPUMicroseconds", .number(row.twinMicroseconds(row.twinTimes.client))),
            ("processorRatio", .optional(row.processorRatio)),
            ("latencyMilliseconds", latency(row.load.latency)),
            ("residentPeakMegabytes", .number(row.residentMegabytes)),
            ("stealSeconds", .number(row.times.steal)), ("foreignCPU", .number(row.foreignShare)),
            ("openLoop", row.openLoop.map(openLoop) ?? .null), ("unit", row.unit.map { .string($0) } ?? .null),
            (
                "shapes",
                .object(row.shapeNames.count > 1 ? zip(row.shapeNames, row.load.shapes).map { ($0, latency($1)) } : [])
            ),
        ])
    }

    private func openLoop(_ open: Measurement.OpenLoopResult) -> JSONText {
        .object([
            ("perSecond", .number(open.rate)), ("latencyMilliseconds", latency(open.result.latency)),
            ("errors", .number(Double(open.result.errors))), ("sentLate", .number(Double(open.result.lateSends))),
        ])
    }

    private func latency(_ histogram: LatencyHistogram) -> JSONText {
        .object([
            ("p50", .optional(histogram.milliseconds(at: 0.5))), ("p95", .optional(histogram.milliseconds(at: 0.95))),
            ("p99", .optional(histogram.milliseconds(at: 0.99))), ("max", .number(Double(histogram.maximum) / 1e6)),
        ])
    }

    private var figures: JSONText {
        .object([
            ("loadResources", .optional(facts.load.map { Double($0.resourceCount) })),
            ("loadSeconds", .optional(facts.load?.seconds)),
            ("diskBytes", .optional(facts.disk.map { Double($0.tableBytes) })),
            ("rawBytes", .optional(facts.disk.map { Double($0.rawBytes) })),
            ("diskRatio", .optional(facts.disk?.ratio)),
            ("diskParts", .object((facts.disk?.parts ?? []).map { ($0.name, .number(Double($0.bytes))) })),
            ("validationMicroseconds", .optional(facts.validationMicroseconds)),
            ("parsedMessagesPerSecond", .optional(facts.parsedMessagesPerSecond)),
            ("firstStartSeconds", .optional(facts.firstStartSeconds)),
            ("startSeconds", .numbers(facts.startSeconds)), ("residentIdleMegabytes", .optional(facts.idleMegabytes)),
            ("residentLoadedMegabytes", .optional(facts.loadedMegabytes)),
            ("postgresProportionalMegabytes", .optional(facts.postgresMegabytes)),
        ])
    }
}
