import FHIRSearch
import JSONTape

/// What of a Patient tells who it is, folded for comparison.
struct PatientFeatures: Sendable {
    /// System and value; those that were merged in or are out of use count like the others.
    var identifiers: Set<[String]> = []
    var families: [[UInt8]] = []
    /// Beginnings of the first family and given name as the index has them, for the search of candidates.
    var familyStart: String?
    var givenStart: String?
    /// Each given name by itself, in order.
    var givens: [[UInt8]] = []
    var birthDay: BirthDay?
    var gender: String?
    var postalCodes: Set<[UInt8]> = []
    var cities: Set<[UInt8]> = []
    var lines: Set<[UInt8]> = []
    /// The last digits of phone numbers.
    var phones: Set<String> = []
    var mails: Set<[UInt8]> = []
    /// Phones and mails as they are written, for the search of candidates.
    var telecomTexts: [String] = []
    /// Identifies one of several children of a birth.
    var birthOrder: Int?
    /// Merged into another record, which stands for it.
    var isReplaced = false

    init(_ patient: JSONNode) {
        for identifier in patient["identifier"]?.items ?? [] {
            guard let value = identifier["value"]?.string, !value.isEmpty else { continue }
            identifiers.insert([identifier["system"]?.string ?? "", value])
        }
        for name in patient["name"]?.items ?? [] { add(name: name) }
        birthDay = patient["birthDate"]?.string.flatMap { BirthDay($0) }
        gender = patient["gender"]?.string
        birthOrder = patient["multipleBirthInteger"]?.integer
        for address in patient["address"]?.items ?? [] {
            if let code = address["postalCode"]?.string { postalCodes.insert(Self.letters(code)) }
            if let city = address["city"]?.string { cities.insert(Self.letters(city)) }
            for line in address["line"]?.items ?? [] { if let text = line.string { lines.insert(Self.letters(text)) } }
        }
        for contact in patient["telecom"]?.items ?? [] { add(contact: contact) }
        isReplaced = (patient["link"]?.items ?? []).contains { $0["type"]?.string == "replaced-by" }
    }

    private mutating func add(name: JSONNode) {
        if let family = name["family"]?.string {
            let folded = Self.letters(family)
            familyStart = familyStart ?? Self.start(family, 4)
            if !folded.isEmpty, !families.contains(folded) { families.append(folded) }
        }
        for given in name["given"]?.items ?? [] {
            if let text = given.string { givenStart = givenStart ?? Self.start(text, 3) }
            for part in (given.string ?? "").split(whereSeparator: { $0 == " " || $0 == "-" }) {
                let folded = Self.letters(String(part))
                if !folded.isEmpty, !givens.contains(folded) { givens.append(folded) }
            }
        }
        guard families.isEmpty, givens.isEmpty, let text = name["text"]?.string else { return }
        // A name in one piece: the last word is taken for the family's.
        let words = text.split(separator: " ").map { Self.letters(String($0)) }.filter { !$0.isEmpty }
        if let last = words.last { families = [last] }
        givens = Array(words.dropLast())
    }

    private mutating func add(contact: JSONNode) {
        guard let value = contact["value"]?.string, !value.isEmpty else { return }
        if contact["system"]?.string == "email" {
            mails.insert(TextFolding.normalized(value))
            telecomTexts.append(value)
        } else {
            let digits = value.utf8.filter { (0x30...0x39).contains($0) }
            guard digits.count >= 6 else { return }
            // Without country and trunk codes, which are written or not.
            phones.insert(String(decoding: digits.suffix(8), as: UTF8.self))
            telecomTexts.append(value)
        }
    }

    private static func start(_ text: String, _ count: Int) -> String? {
        let start = String(decoding: TextFolding.normalized(text), as: UTF8.self).prefix(count)
        return start.isEmpty ? nil : String(start)
    }

    /// Folded, letters and digits only, so that `O'Brien` and `OBrien` are the same.
    static func letters(_ text: String) -> [UInt8] {
        TextFolding.normalized(text).filter { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
        }
    }

    /// What two records of one person nearly always have in common, in part: whoever registers takes a lock on each.
    var blocks: Set<String> {
        var found = Set(identifiers.map { "i" + $0.joined(separator: "|") })
        found.formUnion(phones.map { "p" + $0 })
        found.formUnion(mails.map { "m" + String(decoding: $0, as: UTF8.self) })
        if let birthDay { found.insert("b" + birthDay.text) }
        // In whatever order family and given names were written.
        let names = [families.first, givens.first].compactMap(\.self)
            .map { String(decoding: Phonetics.key($0), as: UTF8.self) }
        if names.count == 2 { found.insert("n" + names.sorted().joined(separator: " ")) }
        return found
    }
}
