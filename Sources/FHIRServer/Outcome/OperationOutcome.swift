package import JSONTape

/// Writes OperationOutcome resources (R4 operationoutcome.html).
package enum OperationOutcome {
    /// System of the stable codes in `issue.details`.
    package static let codeSystem = "urn:martlet:error"

    /// The resource as JSON; `issues` must not be empty.
    package static func json(_ issues: [OutcomeIssue]) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 256)
        write(issues, to: &writer)
        return writer.bytes
    }

    package static func write(_ issues: [OutcomeIssue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("resourceType", "OperationOutcome")
        writer.key("issue")
        writer.beginArray()
        for issue in issues { write(issue, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ issue: OutcomeIssue, to writer: inout JSONWriter) {
        writer.beginObject()
        if let alternative = issue.alternative { write(alternative, to: &writer) }
        writer.member("severity", issue.severity.rawValue)
        writer.member("code", issue.code)
        if let details = issue.details {
            writer.key("details")
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", codeSystem)
            writer.member("code", details)
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
        if let diagnostics = issue.diagnostics { writer.member("diagnostics", diagnostics) }
        if let location = issue.location {
            writer.key("location")
            writer.beginArray()
            writer.string(location)
            writer.endArray()
        }
        if let expression = issue.expression {
            writer.key("expression")
            writer.beginArray()
            writer.string(expression)
            writer.endArray()
        }
        writer.endObject()
    }

    /// An extension with both values inside, because an extension has one value at most.
    private static func write(_ alternative: OutcomeIssue.Alternative, to writer: inout JSONWriter) {
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", "urn:martlet:alternative")
        writer.key("extension")
        writer.beginArray()
        if let start = alternative.start, let end = alternative.end {
            writer.beginObject()
            writer.member("url", "period")
            writer.key("valuePeriod")
            writer.beginObject()
            writer.member("start", start)
            writer.member("end", end)
            writer.endObject()
            writer.endObject()
        }
        writer.beginObject()
        writer.member("url", "reference")
        writer.key("valueReference")
        writer.beginObject()
        writer.member("reference", alternative.reference)
        writer.endObject()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
    }
}
