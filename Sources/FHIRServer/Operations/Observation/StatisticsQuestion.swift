import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// What `Observation/$stats` is asked for, read from its parameters.
struct StatisticsQuestion {
    /// A code asked for, and the CodeableConcept in JSON that its result is about.
    struct Code {
        var asked: MeasurementStatistics.Asked
        var concept: [UInt8]
    }

    let subject: String
    let codes: [Code]
    let statistics: [Statistic]
    /// `effectivePeriod` of the results, as JSON; nil for all time.
    let period: [UInt8]?
    /// When the time asked for begins, in microseconds since 1970.
    let start: Int64?
    private let dates: [(String, String)]

    init(_ input: OperationInput, now: Instant) throws {
        subject = input.string("subject") ?? ""
        codes = try Self.codes(input)
        statistics = try input.strings("statistic").flatMap { $0.split(separator: ",") }.map { code in
            guard let statistic = Statistic(code: String(code)) else {
                throw input.error("the parameter statistic names no statistic of the standard", at: "statistic")
            }
            return statistic
        }
        if let duration = input.first("duration") {
            // Greater times than all history are no use, and would overflow.
            guard let hours = Double(duration.numberText ?? ""), hours > 0, hours < 1e7 else {
                throw input.error("the parameter duration is a positive number of hours", at: "duration")
            }
            let begin = Instant(microsecondsSince1970: now.microsecondsSince1970 - Int64(hours * 3_600_000_000))
            (period, start, dates) = try Self.time(begin.text, now.text, input)
        } else {
            let given = input.first("period")
            (period, start, dates) = try Self.time(given?["start"]?.string, given?["end"]?.string, input)
        }
    }

    private static func time(
        _ begin: String?, _ end: String?, _ input: OperationInput
    ) throws -> (period: [UInt8]?, start: Int64?, dates: [(String, String)]) {
        if begin == nil, end == nil { return (nil, nil, []) }
        var writer = JSONWriter()
        writer.beginObject()
        if let begin { writer.member("start", begin) }
        if let end { writer.member("end", end) }
        writer.endObject()
        let low = begin.flatMap { DateRange($0) }?.low
        if let low, let high = end.flatMap({ DateRange($0) })?.high, high <= low {
            throw input.error("the period ends before it starts", at: "period")
        }
        let dates = (begin.map { [("date", "ge\($0)")] } ?? []) + (end.map { [("date", "le\($0)")] } ?? [])
        return (writer.bytes, low, dates)
    }

    private static func codes(_ input: OperationInput) throws -> [Code] {
        var codes: [Code] = []
        let system = input.string("system")
        for code in input.strings("code").flatMap({ $0.split(separator: ",") }).map(String.init) {
            var writer = JSONWriter()
            writer.beginObject()
            if let system { writer.member("system", system) }
            writer.member("code", code)
            writer.endObject()
            codes.append(
                Code(asked: .init(system: system, code: code), concept: concept(writer.bytes)))
        }
        for coding in input.all("coding") {
            guard let code = coding["code"]?.string else {
                throw input.error("a coding has no code", at: "coding")
            }
            codes.append(
                Code(asked: .init(system: coding["system"]?.string, code: code), concept: concept(coding.source)))
        }
        var seen: Set<MeasurementStatistics.Asked> = []
        codes.removeAll { !seen.insert($0.asked).inserted }
        guard !codes.isEmpty else {
            throw OperationInputError(.invalidParameter, "the parameter code or coding is missing")
        }
        guard codes.count <= 100 else {
            throw OperationInputError(.invalidParameter, "at most 100 codes can be asked for at once")
        }
        return codes
    }

    private static func concept(_ coding: [UInt8]) -> [UInt8] {
        Array("{\"coding\":[".utf8) + coding + Array("]}".utf8)
    }

    /// The search that finds what is measured.
    func search(_ type: TypeID, _ call: OperationCall, more: [(String, String)]) throws -> SearchRequest {
        let tokens = codes.map { code in
            let text = Self.escaped(code.asked.code)
            return code.asked.system.map { "\(Self.escaped($0))|\(text)" } ?? text
        }
        let pairs = [
            ("subject", Self.escaped(subject)), ("combo-code", tokens.joined(separator: ",")),
            ("status:not", "entered-in-error"),
        ]
        do {
            return try SearchRequest.parse(
                type: type, pairs: pairs + dates + more, handling: .strict, indexer: call.search.indexer)
        } catch {
            throw call.input.error(error.message, at: error.parameter == "subject" ? "subject" : "period")
        }
    }

    /// R4 search.html#escaping
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "\\" || character == "," || character == "|" || character == "$" { result.append("\\") }
            result.append(character)
        }
        return result
    }

    /// The results in the order of the codes asked for. A panel without a value of its own is told by its parts, but
    /// for those that were asked for themselves.
    func results(_ found: [MeasurementStatistics]) -> [(MeasurementStatistics, code: [UInt8])] {
        codes.indices.flatMap { position -> [(MeasurementStatistics, code: [UInt8])] in
            let own = found.first { $0.asked == position && $0.member == nil }
            let parts = found.filter { part in
                part.asked == position && part.member != nil && !codes.contains { $0.isKey(part.memberKey) }
            }
            if own?.count ?? 0 == 0, !parts.isEmpty { return parts.map { ($0, code: $0.member ?? []) } }
            let none = MeasurementStatistics(
                asked: position, member: nil, memberKey: nil, unit: .init(), totalCount: 0, count: 0,
                otherUnitCount: 0, numbers: [:])
            return [(own ?? none, code: codes[position].concept)]
        }
    }
}

extension StatisticsQuestion.Code {
    /// Whether this is the code of a panel's part.
    fileprivate func isKey(_ key: String?) -> Bool {
        guard let key else { return false }
        guard let system = asked.system else { return key.hasSuffix("|\(asked.code)") }
        return key == "\(system)|\(asked.code)"
    }
}
