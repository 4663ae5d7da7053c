import Clinic
import FHIRStore
import JSONTape

/// The OperationOutcome of a check.
struct CheckReport: Sendable {
    /// Names the DetectedIssue that an issue is about; `valueReference`.
    static let issueExtension = "urn:martlet:issue"
    private static let errorSystem = "urn:martlet:error"

    private var issues: [[UInt8]] = []

    /// What a check found and could not check.
    init(_ check: InteractionCheck) {
        for issue in check.issues {
            let severity =
                switch issue.severity {
                case .high: "error"
                case .moderate: "warning"
                case .low: "information"
                }
            add(severity, "business-rule", FoundIssue.system, issue.kind.rawValue, issue.detail, nil)
        }
        for gap in check.gaps { add("warning", "incomplete", Self.errorSystem, gap.code, gap.text, nil) }
        if issues.isEmpty {
            add("information", "informational", nil, "", "nothing was found by the rules \(check.edition)", nil)
        }
    }

    /// What blocks a prescription, each with where it is stored.
    init(blocking: [(issue: FoundIssue, stored: LocalReference)]) {
        for (issue, stored) in blocking {
            add(
                "error", "business-rule", Self.errorSystem, "interaction",
                "\(issue.kind.rawValue): \(issue.detail) (\(stored.text)); override it with a reason, or do without",
                stored)
        }
    }

    private mutating func add(
        _ severity: String, _ code: String, _ system: String?, _ details: String, _ text: String,
        _ stored: LocalReference?
    ) {
        issues.append(
            ResourceEdit.json { writer in
                writer.beginObject()
                if let stored {
                    writer.key("extension")
                    writer.beginArray()
                    writer.beginObject()
                    writer.member("url", Self.issueExtension)
                    writer.key("valueReference")
                    writer.raw(stored.json)
                    writer.endObject()
                    writer.endArray()
                }
                writer.member("severity", severity)
                writer.member("code", code)
                if let system {
                    writer.key("details")
                    writer.beginObject()
                    writer.key("coding")
                    writer.beginArray()
                    writer.beginObject()
                    writer.member("system", system)
                    writer.member("code", details)
                    writer.endObject()
                    writer.endArray()
                    writer.endObject()
                }
                writer.member("diagnostics", text)
                writer.endObject()
            })
    }

    /// The OperationOutcome.
    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "OperationOutcome")
            writer.key("issue")
            writer.beginArray()
            for issue in issues { writer.raw(issue) }
            writer.endArray()
            writer.endObject()
        }
    }
}
