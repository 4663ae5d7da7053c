import Clinic
import FHIRStore
import JSONTape

/// Something that is kept in stock: a Medication or another resource, or what a code says.
struct StockItem: Sendable {
    /// How the ledger names it: `Medication/id`, or `system|code`.
    let key: String
    /// `itemReference` or `itemCodeableConcept`, without the prefix: as `value[x]` and `item[x]` end.
    let typeName: String
    /// The Reference or CodeableConcept as JSON.
    let json: [UInt8]
    /// All names that the same thing may stand under in the ledger, this key first.
    let keys: [String]
    /// Whether a batch and its expiry have to be known of what comes in.
    let isDrug: Bool

    /// Types that SupplyDelivery.suppliedItem may refer to.
    static let types: Set<String> = ["Medication", "Substance", "Device"]

    /// Reads a Reference, CodeableConcept, Coding or text, and finds what it stands for.
    ///
    /// A code that exactly one Medication has stands for that Medication.
    init(_ node: JSONNode?, place: String?, in work: ClinicWork) async throws {
        guard let node else { throw OperationParameters.invalid("the parameter item is missing", at: place) }
        if let reference = LocalReference(node) ?? node.string.flatMap({ LocalReference($0) }) {
            guard Self.types.contains(reference.typeName), ResourceID.isValid(reference.id) else {
                throw OperationParameters.invalid("an item is a Medication, Substance, Device or a code", at: place)
            }
            let stored = try await work.read(reference, element: place)
            self.init(reference, node: stored.node)
            return
        }
        let concept = MedicineConcept(node)
        guard let own = concept.keys.first else {
            throw OperationParameters.invalid("an item is a Medication, Substance, Device or a code", at: place)
        }
        let medications = try await Self.medications(with: concept.keys, in: work)
        if medications.count == 1, let medication = medications.first {
            self.init(medication.reference, node: medication.node)
            return
        }
        self.init(
            key: own, typeName: "CodeableConcept", json: concept.json,
            keys: concept.keys + medications.map(\.reference.text), isDrug: true)
    }

    private init(key: String, typeName: String, json: [UInt8], keys: [String], isDrug: Bool) {
        self.key = key
        self.typeName = typeName
        self.json = json
        self.keys = keys
        self.isDrug = isDrug
    }

    private init(_ reference: LocalReference, node: JSONNode) {
        self.init(
            key: reference.text, typeName: "Reference", json: reference.json,
            keys: [reference.text] + MedicineConcept(node["code"]).keys, isDrug: reference.typeName == "Medication")
    }

    /// What a prescription's `medication[x]` stands for in the ledger.
    static func keys(ofMedicationIn request: JSONNode, in work: ClinicWork) async throws -> [String] {
        if let reference = LocalReference(request["medicationReference"]) {
            let code = try await work.find(reference)?.node["code"]
            return [reference.text] + MedicineConcept(code).keys
        }
        let concept: MedicineConcept
        if let name = request["medicationReference"]?["reference"]?.string, name.hasPrefix("#") {
            let inner = request["contained"]?.items.first { $0["id"]?.string == String(name.dropFirst()) }
            concept = MedicineConcept(inner?["code"])
        } else {
            concept = MedicineConcept(request["medicationCodeableConcept"])
        }
        return concept.keys + (try await medications(with: concept.keys, in: work)).map(\.reference.text)
    }

    private static func medications(with keys: [String], in work: ClinicWork) async throws -> [StoredResource] {
        let codes = keys.filter { $0.contains("|") }
        guard !codes.isEmpty else { return [] }
        let escaped = codes.map { $0.replacing(",", with: "\\,") }
        return try await work.search("Medication", [("code", escaped.joined(separator: ","))], limit: 100)
            .filter { $0.status != "entered-in-error" }
    }
}

/// A CodeableConcept, or what stands for one.
struct MedicineConcept: Sendable {
    let json: [UInt8]
    /// `system|code` of each coding; the text in small letters where there is none.
    let keys: [String]
    /// Displays and texts.
    let words: [String]

    init(_ node: JSONNode?) {
        var (keys, words, json): ([String], [String], [UInt8]) = ([], [], Array("{}".utf8))
        if let text = node?.string {
            words = [text]
            json = ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("text", text)
                writer.endObject()
            }
        } else if let node, node.isObject {
            let isCoding = node["code"]?.string != nil
            let codings = isCoding ? [node] : node["coding"]?.items ?? []
            for coding in codings {
                if let display = coding["display"]?.string { words.append(display) }
                guard let code = coding["code"]?.string else { continue }
                keys.append((coding["system"]?.string ?? "") + "|" + code)
            }
            if let text = node["text"]?.string { words.append(text) }
            json =
                isCoding
                ? ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.key("coding")
                    writer.beginArray()
                    writer.copy(node)
                    writer.endArray()
                    writer.endObject()
                } : node.source
        }
        if keys.isEmpty, let text = words.last { keys = [text.lowercased()] }
        self.json = json
        self.keys = keys
        self.words = words
    }
}
