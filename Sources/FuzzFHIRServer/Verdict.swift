import FHIRDefinitions
import FHIRFormats
import JSONTape

/// What is wrong with an answer, whatever was asked.
struct Verdict {
    let reader = XMLResourceReader(definitions: .r4)
    private static let limits = JSONLimits(maximumByteCount: 1 << 28, maximumDepth: 512)

    /// Nil where all is well.
    func fault(of answer: RawAnswer, to request: FuzzRequest) -> String? {
        if answer.status >= 500 { return "status \(answer.status)" }
        if request.method == "HEAD", !request.isHTTP {
            // The server got no request, so it does not know that it was a HEAD; it closes, and its body harms nobody.
            return answer.body.isEmpty || answer.closes && answer.status == 400 ? nil : "a body in answer to HEAD"
        }
        if request.method == "HEAD" || answer.status == 204 || answer.status == 304 {
            return answer.body.isEmpty ? nil : "a body where there must be none"
        }
        if answer.headers["content-encoding"] != nil { return nil }
        let type = answer.headers["content-type"] ?? ""
        if answer.body.isEmpty { return answer.status >= 400 ? "an error without an outcome" : nil }
        if let expected = ExpectedFormat(request), request.isHTTP, answer.status != 406,
            !type.contains(expected.rawValue)
        {
            return "\(type), where \(expected.rawValue) was asked for"
        }
        // A Binary comes as whatever it holds.
        if String(decoding: request.target, as: UTF8.self).contains("/Binary/"), answer.status == 200,
            !type.hasPrefix("application/fhir+")
        {
            return nil
        }
        return bodyFault(answer, type, isFHIR: !Self.isOfOAuth(request))
    }

    /// Answers of accounts and tokens have the form that RFC 6749 §5.2 gives errors.
    private static func isOfOAuth(_ request: FuzzRequest) -> Bool {
        let target = String(decoding: request.target, as: UTF8.self)
        return ["/auth/", "/.well-known/", "/fhir/.well-known/"].contains(where: target.hasPrefix)
    }

    private func bodyFault(_ answer: RawAnswer, _ type: String, isFHIR: Bool) -> String? {
        let document: Document
        if type.contains("xml") {
            do throws(FormatError) {
                document = try reader.document(answer.body, limits: Self.limits)
            } catch {
                return "a body that is no FHIR XML: \(error)"
            }
        } else if type.contains("json") {
            do throws(JSONSyntaxError) {
                document = try Document.parse(answer.body, limits: Self.limits)
            } catch {
                return "a body that is no JSON: \(error)"
            }
        } else {
            return answer.status >= 400 ? "an error of type \(type.debugDescription)" : nil
        }
        let root = JSONNode(document)
        let name = root["resourceType"]?.string
        if answer.status >= 400, !isFHIR {
            return root["error"]?.string == nil ? "an error of OAuth without its code" : nil
        }
        if answer.status >= 400 {
            guard name == "OperationOutcome", root["issue"]?.items.isEmpty == false else {
                return "an error without an outcome"
            }
        } else if type.hasPrefix("application/fhir+"), name == nil {
            return "a body without resourceType"
        }
        return nil
    }
}

/// The format that a request asks for, where it is beyond doubt.
enum ExpectedFormat: String {
    case json, xml

    init?(_ request: FuzzRequest) {
        let target = String(decoding: request.target, as: UTF8.self)
        // These have forms of their own, and a form may say what the address does not.
        guard target.hasPrefix("/fhir"), !["Binary", "$graphql", "_search"].contains(where: target.contains) else {
            return nil
        }
        let query = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        let named = query.split(separator: "&").filter { $0.lowercased().hasPrefix("_format") }
        let accepted = request.headers.filter { $0.name == "Accept" }
        let text: Substring
        switch (named.count, accepted.count) {
        case (1, _):
            guard named[0].hasPrefix("_format=") else { return nil }
            text = named[0].split(separator: "=", maxSplits: 1).dropFirst().first ?? ""
        case (0, 1): text = accepted[0].value[...]
        // An answer in the format of the body is right too.
        case (0, 0) where request.headers.allSatisfy({ $0.name != "Content-Type" }): text = "json"
        default: return nil
        }
        switch text {
        case "json" where accepted.isEmpty, "application/fhir+json", "application/fhir%2Bjson": self = .json
        case "xml" where accepted.isEmpty, "application/fhir+xml", "application/fhir%2Bxml": self = .xml
        default: return nil
        }
    }
}
