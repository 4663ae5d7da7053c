import JSONTape

/// A made-up clinic as FHIR R4 resources: the same bytes for the same seed, in any quantity, in little memory.
///
///     for resource in SyntheticClinic(seed: 1, patients: 100) { … resource.json … }
///
/// A resource comes after everything it refers to. First the house (organisation, departments, practitioners, schedules
/// and free slots), then patient after patient, about 80 resources each, half of them observations. Nobody in it is or
/// was a real person. Time stands still on 1 June 2026: all that was done lies before that day, free slots and booked
/// appointments in March 2030 and later.
package struct SyntheticClinic: Sequence, Sendable {
    /// One resource: its type, its id, and its JSON without white space.
    package typealias Element = (type: String, id: String, json: [UInt8])

    /// Same seed, same clinic; clinics of different seeds share no resource ids.
    package let seed: UInt64
    /// Number of patients.
    package let patients: Int

    package init(seed: UInt64, patients: Int) {
        self.seed = seed
        self.patients = patients
    }

    package func makeIterator() -> Iterator { Iterator(self) }

    /// Makes the resources of one practitioner or patient at a time and hands them out one by one.
    package struct Iterator: IteratorProtocol {
        private let clinic: SyntheticClinic
        private var waiting: [Element] = []
        private var handedOut = 0
        private var nextBatch = 0

        fileprivate init(_ clinic: SyntheticClinic) { self.clinic = clinic }

        package mutating func next() -> Element? {
            if handedOut == waiting.count {
                guard let batch = clinic.batch(nextBatch) else { return nil }
                waiting = batch
                handedOut = 0
                nextBatch += 1
            }
            defer { handedOut += 1 }
            return waiting[handedOut]
        }
    }

    /// The resources of one step: the house, then each practitioner, then each patient; nil behind the last.
    private func batch(_ number: Int) -> [Element]? {
        if number == 0 { return House(self).resources() }
        if number <= practitioners { return PractitionerFile(self, index: number - 1).resources() }
        let patient = number - 1 - practitioners
        return patient < patients ? PatientFile(self, index: patient).resources() : nil
    }

    /// Practitioners of a clinic of this size.
    var practitioners: Int { Swift.max(8, (patients + 99) / 100) }
}

/// What ids are made from: nothing is kept to refer to, so an id follows from kind and position alone.
enum Kind: UInt64 {
    case organization = 1, location, healthcareService, practitioner, practitionerRole, schedule, slot
    case patient, encounter, condition, observation, report, serviceRequest, medicationRequest, invoice, appointment
}

extension SyntheticClinic {
    /// The id of the `part`-th resource of this kind that belongs to `owner`, in the form of a UUID.
    func id(_ kind: Kind, _ owner: Int, _ part: Int = 0) -> String {
        let base =
            SplitMix64.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ SplitMix64.mixed(kind.rawValue << 56 | UInt64(part))
        let high = SplitMix64.mixed(base &+ UInt64(owner) &* 0xD6E8_FEB8_6659_FD93)
        let low = SplitMix64.mixed(high ^ UInt64(owner) ^ base)
        // Version 4 and variant 1 of RFC 9562, as random ids have.
        return UUIDText.text(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Randomness for one owner of resources, independent of all others.
    func randomness(_ kind: Kind, _ owner: Int) -> SplitMix64 {
        SplitMix64(seed: SplitMix64.mixed(seed) ^ SplitMix64.mixed(kind.rawValue << 40 ^ UInt64(owner)))
    }
}

/// The 36 characters of a UUID.
enum UUIDText {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(high: UInt64, low: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for (word, offset) in [(high, 0), (low, 16)] {
            for nibble in 0..<16 {
                if [8, 12, 16, 20].contains(nibble + offset) { bytes.append(UInt8(ascii: "-")) }
                bytes.append(digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * nibble) & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
