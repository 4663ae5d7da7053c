import Clinic
import FHIRStore
import JSONTape

/// A medicine that is prescribed or already taken, as the rules know it.
struct CheckedMedicine: Sendable {
    /// Where it stands among what is checked; nil for what the patient takes already.
    var position: Int?
    /// The stored resource that it comes from.
    var source: LocalReference?
    /// `medication[x]`, where the dose says how much of it.
    let tokens: [String]
    /// For messages: a code or number, never what people wrote.
    let codes: [String]
    /// How much of one unit of it (a tablet) is how many milligrams, where its Medication says so.
    let strength: MedicineStrength?
    /// Filled in by the rule book.
    var ingredients: Set<String> = []
    /// Ingredients, and ATC codes with those above them.
    var keys: Set<String> = []

    var isKnown: Bool { !keys.isEmpty }

    /// - Parameters:
    ///   - concepts: what it is called: its code, the codes of its ingredients.
    init(_ concepts: [MedicineConcept], strength: MedicineStrength? = nil, position: Int?, source: LocalReference?) {
        let all = concepts.map { MedicineTokens($0) }
        tokens = all.flatMap(\.all)
        codes = all.flatMap(\.codes)
        self.strength = strength
        self.position = position
        self.source = source
    }

    /// Reads `medication[x]` of a request or statement.
    init(medicationOf resource: JSONNode, position: Int?, source: LocalReference?, in work: ClinicWork) async throws {
        if let concept = resource["medicationCodeableConcept"] {
            self.init([MedicineConcept(concept)], position: position, source: source)
            return
        }
        var medication: JSONNode?
        if let name = resource["medicationReference"]?["reference"]?.string, name.hasPrefix("#") {
            medication = resource["contained"]?.items.first { $0["id"]?.string == String(name.dropFirst()) }
        } else if let reference = LocalReference(resource["medicationReference"]) {
            medication = try await work.find(reference)?.node
        }
        let display = resource["medicationReference"]?["display"]
        let ingredients = medication?["ingredient"]?.items ?? []
        var concepts = [MedicineConcept(medication?["code"]), MedicineConcept(display)]
        concepts += ingredients.compactMap { $0["itemCodeableConcept"] }.map { MedicineConcept($0) }
        self.init(
            concepts, strength: ingredients.count == 1 ? MedicineStrength(ingredients[0]["strength"]) : nil,
            position: position, source: source)
    }
}
