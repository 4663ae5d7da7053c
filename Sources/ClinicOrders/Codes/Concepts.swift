import Clinic
import FHIRFormats
import FHIRModel
import JSONTape

extension CodeableConcept {
    /// A concept with one coding.
    init(_ system: String, _ code: String, display: String? = nil) {
        self.init()
        var coding = Coding()
        coding.system = system
        coding.code = code
        coding.display = display
        self.coding = [coding]
    }

    init(text: String) {
        self.init()
        self.text = text
    }

    /// What tells it from other concepts: its codes, or its text where it has none.
    var keys: Set<String> {
        let codes = coding.compactMap { coding in coding.code.map { "\(coding.system ?? "")|\($0)" } }
        if codes.isEmpty { return Set([text.map { "text:" + $0.lowercased() }].compactMap(\.self)) }
        return Set(codes)
    }

    /// `[{"system":…,"code":…}]` for each coding, as containment in stored concepts is asked.
    var containments: [String] {
        coding.compactMap { coding in
            guard let code = coding.code else { return nil }
            let json = ResourceEdit.json { writer in
                writer.beginArray()
                writer.beginObject()
                if let system = coding.system { writer.member("system", system) }
                writer.member("code", code)
                writer.endObject()
                writer.endArray()
            }
            return String(decoding: json, as: UTF8.self)
        }
    }
}

extension Reference {
    init(_ local: LocalReference) {
        self.init()
        reference = local.text
    }
}

extension Identifier {
    init(_ system: String, _ value: String, type: String? = nil) {
        self.init()
        self.system = system
        self.value = value
        if let type { self.type = CodeableConcept(OrderSystems.identifierType, type) }
    }
}

extension Annotation {
    init(_ text: String, at time: Instant, by author: Reference? = nil) {
        self.init()
        self.text = text
        self.time = FHIRDateTime(time.text)
        if let author { self.author = .reference(author) }
    }
}

extension OperationParameters {
    /// A CodeableConcept, Coding, code or text.
    func codeableConcept(_ name: String) throws -> CodeableConcept? { try codeableConcepts(name).first }

    func codeableConcepts(_ name: String) throws -> [CodeableConcept] {
        try concepts(name).map { json in
            do {
                return try CodeableConcept(json: json)
            } catch {
                throw Self.invalid("the parameter \(name) is no CodeableConcept", at: place(of: name))
            }
        }
    }
}

extension FHIRElement {
    /// A data type or resource that stands in a stored one; nil where it is none.
    init?(stored node: JSONNode?) {
        guard let node, let value = try? Self(from: node) else { return nil }
        self = value
    }
}
