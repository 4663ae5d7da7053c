import Clinic
import FHIRPatch
import FHIRProfiles
package import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRTerminology
import JSONTape
import PostgreSQL

/// What the client is told when something fails: the one place where errors become status and OperationOutcome.
package struct Failure: Sendable {
    /// HTTP status.
    package var status: Int
    package var issues: [OutcomeIssue]
    package var allow: [RequestMethod] = []
    /// Seconds for `Retry-After`.
    package var retryAfter: Int?
    /// `error` of `WWW-Authenticate`.
    package var challenge: String?
    /// Media types for `Accept-Patch`.
    package var acceptPatch: [String] = []
    /// The version that records a deletion, for the headers of 410.
    package var stamp: VersionStamp?

    private init(_ status: Int, _ issue: OutcomeIssue) {
        self.status = status
        issues = [issue]
    }

    /// Maps any error; what nobody foresaw is a 500 that tells nothing.
    package init(_ error: any Error) {
        switch error {
        case let error as RequestError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as ClinicError: self.init(error)
        case let error as SearchError: self.init(error)
        case let error as OperationInputError:
            self.init(
                400,
                OutcomeIssue(
                    code: "invalid", details: error.code.rawValue.kebabCase, diagnostics: error.message,
                    expression: error.expression))
        case let error as TerminologyError: self.init(error)
        case let error as PatchError: self.init(error)
        case let error as MalformedBody: self.init(error)
        case let error as JSONSyntaxError: self.init(error)
        case let error as FormatError: self.init(error)
        case let error as GraphQLFailure: self.init(error)
        case let error as PackageError: self.init(error)
        case let error as SnapshotError: self.init(error)
        case let error as PostgreSQLError: self.init(StoreError(error))
        case let error as InvalidResource:
            self.init(422, OutcomeIssue(code: "invalid"))
            issues = error.issues
        case let error as EntryFailure:
            self.init(error.cause)
            for index in issues.indices { issues[index].expression = error.expression }
        default:
            self.init(
                500,
                OutcomeIssue(.fatal, code: "exception", details: "fault", diagnostics: "the server failed"))
        }
    }

    private init(_ error: RequestError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: error.code.stableCode, diagnostics: error.message,
                expression: error.expression))
        allow = error.allow
        challenge = error.challenge
        retryAfter = error.retryAfter
        if error.code == .unsupportedPatchType { acceptPatch = PatchFormat.mediaTypes }
    }

    private static func statusAndIssue(_ code: RequestError.Code) -> (Int, String) {
        switch code {
        case .malformed: (400, "structure")
        case .wrongResource: (400, "invalid")
        case .unauthorized: (401, "login")
        case .forbidden: (403, "forbidden")
        case .unknownPath: (404, "not-found")
        case .unknownType, .unknownOperation: (404, "not-supported")
        case .methodNotAllowed: (405, "not-supported")
        case .tooManyRequests: (429, "throttled")
        case .notAcceptable: (406, "not-supported")
        case .bodyTimeout: (408, "timeout")
        case .bodyTooLarge: (413, "too-long")
        // R4 search.html#errors: the request asks for too much; 413 would speak of its own size.
        case .answerTooLarge: (400, "too-costly")
        case .unsupportedMediaType, .unsupportedPatchType: (415, "not-supported")
        // What is part of the standard but not of this server is an error of the request, as in searches.
        case .notSupported: (400, "not-supported")
        }
    }

    private init(_ error: StoreError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                status >= 500 ? .fatal : .error, code: issueCode,
                details: error.details ?? error.code.stableCode, diagnostics: error.message,
                expression: error.expression))
        if status == 503 { retryAfter = 1 }
        stamp = error.stamp
    }

    /// The refusal, then what is free instead, or what stands in the way.
    private init(_ error: ClinicError) {
        self.init(error.cause)
        issues += error.alternatives.map { alternative in
            let words = alternative.note ?? "a free time"
            var issue = OutcomeIssue(.information, code: "informational", diagnostics: words)
            issue.alternative = OutcomeIssue.Alternative(
                reference: alternative.slot.text, start: alternative.start, end: alternative.end)
            return issue
        }
    }

    private static func statusAndIssue(_ code: StoreError.Code) -> (Int, String) {
        switch code {
        case .notFound: (404, "not-found")
        case .gone: (410, "deleted")
        case .versionConflict: (412, "conflict")
        case .preconditionFailed: (412, "duplicate")
        case .invalidContent: (422, "value")
        case .invalidRequest: (400, "invalid")
        case .conflict, .stale: (409, "conflict")
        case .businessRule: (422, "business-rule")
        case .forbidden: (403, "forbidden")
        // What is part of the standard but not of this server is an error of the request, as in searches.
        case .notSupported: (400, "not-supported")
        case .unsupportedMedia: (415, "not-supported")
        case .tooLarge: (413, "too-costly")
        case .timeout: (503, "timeout")
        case .overloaded: (503, "throttled")
        case .unavailable: (503, "transient")
        case .fault: (500, "exception")
        }
    }

    private init(_ error: SearchError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: error.code.rawValue.kebabCase, diagnostics: error.message,
                expression: error.parameter.map { "http.\($0)" }))
    }

    private static func statusAndIssue(_ code: SearchError.Code) -> (Int, String) {
        switch code {
        // R4 search.html#errors: what cannot be searched is an error of the request, not of the server.
        case .unknownParameter, .unsupportedModifier, .unsupportedExpression, .notSupported, .indexing:
            (400, "not-supported")
        case .invalidValue, .invalidCursor: (400, "value")
        case .invalidChain: (400, "invalid")
        case .parametersChanged: (503, "transient")
        case .tooComplex: (400, "too-costly")
        }
    }

    private init(_ error: TerminologyError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "terminology-\(error.code.rawValue.kebabCase)", diagnostics: error.message))
    }

    private static func statusAndIssue(_ code: TerminologyError.Code) -> (Int, String) {
        switch code {
        case .unknownCodeSystem, .unknownValueSet, .unknownConceptMap, .unknownClosureTable, .unknownCode:
            (404, "not-found")
        case .unresolved: (422, "not-found")
        case .invalidDefinition: (422, "processing")
        case .tooCostly: (422, "too-costly")
        case .invalidRequest: (400, "invalid")
        }
    }

    private init(_ error: PatchError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "patch-\(error.code.rawValue.kebabCase)", diagnostics: error.message,
                expression: error.expression))
        if status == 415 { acceptPatch = PatchFormat.mediaTypes }
    }

    private static func statusAndIssue(_ code: PatchError.Code) -> (Int, String) {
        switch code {
        case .malformed: (400, "structure")
        case .wrongFormat: (415, "not-supported")
        case .tooCostly: (413, "too-costly")
        case .pathNotFound, .pathFailed, .testFailed, .alreadyThere: (422, "processing")
        case .pathAmbiguous: (422, "multiple-matches")
        case .invalidPath: (400, "invalid")
        case .wrongType: (422, "value")
        case .protectedElement: (422, "business-rule")
        case .invalidOutcome: (422, "invalid")
        }
    }

    private init(_ error: GraphQLFailure) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(status, OutcomeIssue(code: issueCode, details: "graphql", diagnostics: error.description))
    }

    private static func statusAndIssue(_ code: GraphQLFailure.Code) -> (Int, String) {
        switch code {
        case .invalid: (400, "invalid")
        case .notSupported: (400, "not-supported")
        case .notFound: (404, "not-found")
        case .tooCostly: (400, "too-costly")
        }
    }

    private init(_ error: PackageError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "package-\(error.code.rawValue.kebabCase)", diagnostics: error.description))
    }

    private static func statusAndIssue(_ code: PackageError.Code) -> (Int, String) {
        switch code {
        case .notAnArchive: (400, "structure")
        case .tooLarge: (413, "too-long")
        case .unsafeEntry: (400, "security")
        case .invalidManifest, .invalidResource: (422, "invalid")
        case .otherVersion: (422, "not-supported")
        case .otherContent: (409, "conflict")
        }
    }

    private init(_ error: SnapshotError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "snapshot-\(error.code.rawValue.kebabCase)", diagnostics: error.message,
                expression: "StructureDefinition"))
    }

    private static func statusAndIssue(_ code: SnapshotError.Code) -> (Int, String) {
        switch code {
        case .invalidDefinition: (422, "invalid")
        case .unknownBase: (422, "not-found")
        case .cyclic: (422, "business-rule")
        case .tooLarge: (422, "too-costly")
        }
    }

    private init(_ error: MalformedBody) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "json-\(error.code.rawValue.kebabCase)",
                diagnostics: "\(error.message), line \(error.line), column \(error.column)",
                expression: error.expression))
    }

    private init(_ error: FormatError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "xml-\(error.code.rawValue.kebabCase)", diagnostics: error.description))
    }

    private static func statusAndIssue(_ code: FormatError.Code) -> (Int, String) {
        switch code {
        case .malformed, .tagMismatch, .endsEarly, .unknownEntity, .invalidCharacter, .duplicateAttribute,
            .undeclaredPrefix, .otherEncoding, .documentType, .wrongNamespace, .unknownResource, .unknownElement,
            .unknownAttribute, .misplacedText, .misplacedResource, .empty, .repeated:
            (400, "structure")
        case .invalidValue: (400, "value")
        case .tooManyAttributes, .tooDeep: (400, "too-costly")
        case .tooLarge: (413, "too-long")
        }
    }

    private init(_ error: JSONSyntaxError) {
        let (status, issueCode) = Self.statusAndIssue(error.code)
        self.init(
            status,
            OutcomeIssue(
                code: issueCode, details: "json-\(error.code.rawValue.kebabCase)", diagnostics: error.description))
    }

    private static func statusAndIssue(_ code: JSONSyntaxError.Code) -> (Int, String) {
        switch code {
        case .unexpectedEnd, .unexpectedCharacter, .trailingCharacters, .invalidNumber, .invalidUTF8,
            .controlCharacter, .invalidEscape, .loneSurrogate, .nulCharacter, .duplicateKey:
            (400, "structure")
        case .emptyString, .emptyArray, .emptyObject, .misplacedNull: (400, "structure")
        case .numberTooLong, .exponentTooLarge, .tooDeep: (400, "too-costly")
        case .tooLarge: (413, "too-long")
        }
    }
}

extension RequestError.Code {
    fileprivate var stableCode: String { rawValue.kebabCase }
}

extension StoreError.Code {
    fileprivate var stableCode: String { rawValue.kebabCase }
}

extension String {
    /// `bodyTooLarge` as `body-too-large`.
    fileprivate var kebabCase: String {
        var text = ""
        for character in self {
            if character.isUppercase { text.append("-") }
            text.append(character.lowercased())
        }
        return text
    }
}
