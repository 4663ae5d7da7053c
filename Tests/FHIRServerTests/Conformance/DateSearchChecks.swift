import FHIRServerTesting
import JSONTape
import Testing

@Suite struct DateSearchChecks {
    /// A span of time: ISO 8601 in UTC to the microsecond, so that texts compare as times do. `low` belongs to it.
    private struct Span {
        var low: String
        var high: String

        /// Shorthand: date and time with seconds, whatever is left out is zero.
        init(_ low: String, _ high: String) {
            func full(_ text: String) -> String {
                text.count < 20 ? text + "0000-01-01T00:00:00.000000".dropFirst(text.count) : text
            }
            self.low = low.isEmpty ? "" : full(low)
            self.high = high.isEmpty ? "~" : full(high)
        }

        /// R4 search.html#prefix, by its words; `self` is the span stored.
        func matches(_ prefix: String, _ asked: Span) -> Bool {
            let isContained = asked.low <= low && high <= asked.high
            let isPartlyAbove = high > asked.high
            let isPartlyBelow = low < asked.low
            let isOverlapping = low < asked.high && high > asked.low
            switch prefix {
            case "ne": return !isContained
            case "gt": return isPartlyAbove
            case "lt": return isPartlyBelow
            case "ge": return isPartlyAbove || isContained
            case "le": return isPartlyBelow || isContained
            case "sa": return !isOverlapping && isPartlyAbove
            case "eb": return !isOverlapping && isPartlyBelow
            default: return isContained
            }
        }
    }

    private static let stored: [(id: String, json: String, span: Span)] = [
        ("year", #""effectiveDateTime":"2013""#, Span("2013", "2014")),
        ("month", #""effectiveDateTime":"2013-01""#, Span("2013-01", "2013-02")),
        ("day", #""effectiveDateTime":"2013-01-14""#, Span("2013-01-14", "2013-01-15")),
        ("leap", #""effectiveDateTime":"2012-02-29""#, Span("2012-02-29", "2012-03-01")),
        ("second", #""effectiveDateTime":"2013-01-14T10:00:00Z""#, Span("2013-01-14T10:00:00", "2013-01-14T10:00:01")),
        (
            "late", #""effectiveDateTime":"2013-01-14T23:30:00-05:00""#,
            Span("2013-01-15T04:30:00", "2013-01-15T04:30:01")
        ),
        (
            "fraction", #""effectiveInstant":"2013-01-14T10:00:00.250Z""#,
            Span("2013-01-14T10:00:00.250000", "2013-01-14T10:00:00.251000")
        ),
        (
            "leapsecond", #""effectiveInstant":"2016-12-31T23:59:60Z""#,
            Span("2017-01-01T00:00:00", "2017-01-01T00:00:01")
        ),
        (
            "period", #""effectivePeriod":{"start":"2013-01-13","end":"2013-01-14T12:00:00Z"}"#,
            Span("2013-01-13", "2013-01-14T12:00:01")
        ),
        ("from", #""effectivePeriod":{"start":"2013-01-14"}"#, Span("2013-01-14", "")),
        ("until", #""effectivePeriod":{"end":"2013-01-14"}"#, Span("", "2013-01-15")),
        (
            "events", #""effectiveTiming":{"event":["2013-01-20","2013-01-02T08:00:00Z"]}"#,
            Span("2013-01-02T08:00:00", "2013-01-21")
        ),
        (
            "bounds",
            #"""
            "effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2013-01-10","end":"2013-01-12"},
            "frequency":2,"period":1,"periodUnit":"d"}}
            """#,
            Span("2013-01-10", "2013-01-13")
        ),
        (
            "halfbounds", #""effectiveTiming":{"repeat":{"boundsPeriod":{"start":"2013-01-10"},"count":3}}"#,
            Span("2013-01-10", "")
        ),
        ("always", #""effectiveTiming":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}}"#, Span("", "")),
        ("first", #""effectiveDateTime":"0001""#, Span("0001", "0002")),
        ("last", #""effectiveDateTime":"9999-12-31""#, Span("9999-12-31", "9999-12-31T24:00:00")),
    ]

    private static let asked: [(text: String, span: Span)] = [
        ("2013", Span("2013", "2014")), ("2013-01", Span("2013-01", "2013-02")),
        ("2012-02", Span("2012-02", "2012-03")),
        ("2013-01-14", Span("2013-01-14", "2013-01-15")), ("2013-01-12", Span("2013-01-12", "2013-01-13")),
        ("2013-01-15", Span("2013-01-15", "2013-01-16")), ("2017-01-01", Span("2017-01-01", "2017-01-02")),
        ("2013-01-14T10:00", Span("2013-01-14T10:00", "2013-01-14T10:01")),
        ("2013-01-14T10:00Z", Span("2013-01-14T10:00", "2013-01-14T10:01")),
        ("2013-01-14T12:00+02:00", Span("2013-01-14T10:00", "2013-01-14T10:01")),
        ("2013-01-14T12:00 02:00", Span("2013-01-14T10:00", "2013-01-14T10:01")),
        ("2013-01-14T10:00:00", Span("2013-01-14T10:00:00", "2013-01-14T10:00:01")),
        ("2013-01-14T10:00:00.2Z", Span("2013-01-14T10:00:00.200000", "2013-01-14T10:00:00.300000")),
        ("2013-01-14T23:30-05:00", Span("2013-01-15T04:30", "2013-01-15T04:31")),
        ("2016-12-31T23:59:60Z", Span("2017-01-01T00:00:00", "2017-01-01T00:00:01")),
        ("0001", Span("0001", "0002")), ("9999", Span("9999", "9999-12-31T24:00:00")),
        ("2500-06-01", Span("2500-06-01", "2500-06-02")),
    ]

    private static let prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]

    @Test(
        "C50 to C54: dates, times, periods and schedules by every prefix",
        .check("C50", "C51", "C52", "C53", "C54"))
    func everyPrefixOnEveryKindOfDate() async throws {
        let resources = Self.stored.map {
            ("Observation/\($0.id)", #""status":"final","code":{"text":"x"},"# + $0.json)
        }
        let none = ("Observation/none", #""status":"final","code":{"text":"x"}"#)
        try await ValueSearch.with(resources + [none]) { client in
            for (text, span) in Self.asked {
                for prefix in Self.prefixes {
                    let expected = Self.stored.filter { $0.span.matches(prefix, span) }.map(\.id).sorted()
                    try await client.expect("Observation", [("date=\(prefix)\(text)", expected.joined(separator: " "))])
                }
            }
            try await client.expect("Observation", [("date:missing=true", "none")])
        }
    }

    /// Only conditions that are over have an abatement (con-4).
    private static let resolved = #"""
        "subject":{"reference":"Patient/p"},"clinicalStatus":{"coding":[
        {"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}]},
        """#

    /// Dates that are not a type's main date lie in a table of their own.
    @Test("C50 to C54: the same for dates beside the main one", .check("C50", "C51", "C52", "C53", "C54"))
    func everyPrefixOnOtherDates() async throws {
        let stored = Self.stored.filter { $0.json.contains("effectiveDateTime") || $0.json.contains("effectivePeriod") }
        let resources = stored.map { entry in
            (
                "Condition/\(entry.id)",
                Self.resolved + entry.json.replacing("effective", with: "abatement")
            )
        }
        try await ValueSearch.with(resources + [("Condition/none", #""subject":{"reference":"Patient/p"}"#)]) {
            client in
            for (text, span) in Self.asked {
                for prefix in Self.prefixes {
                    let expected = stored.filter { $0.span.matches(prefix, span) }.map(\.id).sorted()
                    try await client.expect(
                        "Condition", [("abatement-date=\(prefix)\(text)", expected.joined(separator: " "))])
                }
            }
            try await client.expect("Condition", [("abatement-date:missing=true", "none")])
        }
    }

    @Test("C52: of several dates none may be equal, and ap is a tenth of the distance from now", .check("C52"))
    func severalDatesAndTolerance() async throws {
        func plan(_ id: String, _ dates: String...) -> (String, String) {
            let activities = dates.map {
                #"{"detail":{"status":"scheduled","scheduledPeriod":{"start":"\#($0)","end":"\#($0)"}}}"#
            }
            return (
                "CarePlan/\(id)",
                #"""
                "status":"active","intent":"plan","subject":{"reference":"Patient/p"},
                "activity":[\#(activities.joined(separator: ","))]
                """#
            )
        }
        let observations = ["1990-01-01", "1991-01-01", "2020-01-01"].map { date in
            ("Observation/o\(date.prefix(4))", #""status":"final","code":{"text":"x"},"effectiveDateTime":"\#(date)""#)
        }
        let plans = [plan("a", "2019-05-01", "2020-05-01"), plan("b", "2020-05-01"), plan("c", "2021-05-01")]
        try await ValueSearch.with(plans + observations) { client in
            try await client.expect(
                "CarePlan",
                [
                    ("activity-date=2020", "a b"), ("activity-date=ne2020", "c"), ("activity-date=ne2019", "b c"),
                    ("activity-date=gt2020", "c"), ("activity-date=lt2020", "a"),
                ])
            // More than three decades ago, so at least three years of tolerance.
            try await client.expect("Observation", [("date=ap1990-06", "o1990 o1991"), ("date=ap1950", "")])
        }
    }

    @Test("C53: values that are no dates are refused", .check("C48", "C53"))
    func refusedDates() async throws {
        try await ValueSearch.with([]) { client in
            try await client.expectRefused(
                "Observation",
                [
                    "date=abc", "date=gt", "date=2013-13", "date=2013-02-30", "date=2013-01-14T10",
                    "date=2013-01-14T25:00",
                    "date=2013-01-14T10:61", "date=2013-01-14T10:00:61", "date=0000", "date=20130114", "date=2013-1-4",
                    "date=2013-01-14T10:00+25:00", "date=2013-01-14T10:00:00.", "date=xx2013", "_lastUpdated=gt",
                    "date=2013Z",
                ])
        }
    }

    @Test("C53: _lastUpdated takes every form", .check("C53"))
    func lastUpdated() async throws {
        try await ValueSearch.with([("Location/a", "")]) { client in
            let stamp = try #require(try await client.get("Location/a").json["meta"]?["lastUpdated"]?.string)
            try await client.expect(
                "Location",
                [
                    ("_lastUpdated=\(stamp)", "a"), ("_lastUpdated=ge\(stamp)", "a"), ("_lastUpdated=gt\(stamp)", ""),
                    ("_lastUpdated=lt\(stamp)", ""), ("_lastUpdated=le\(stamp)", "a"), ("_lastUpdated=ne\(stamp)", ""),
                    ("_lastUpdated=\(stamp.prefix(10))", "a"), ("_lastUpdated=\(stamp.prefix(16))", "a"),
                    ("_lastUpdated=gt2000", "a"), ("_lastUpdated=sa2000", "a"), ("_lastUpdated=eb2000", ""),
                    ("_lastUpdated=ap\(stamp.prefix(4))", "a"),
                ])
        }
    }
}
