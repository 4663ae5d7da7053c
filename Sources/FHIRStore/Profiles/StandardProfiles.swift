import FHIRProfiles
import JSONTape
import Synchronization

/// The profiles of the standard, whose snapshots are made at first use.
final class StandardProfiles: Sendable {
    /// Bytes of JSON; all of R4's snapshots are more.
    private static let capacity = 8 << 20

    private let kept = Mutex(Shelf<CanonicalURL, Profile>(capacity: capacity))
    private let numbers: ProfileNumbers

    init(numbers: ProfileNumbers) {
        self.numbers = numbers
    }

    func profile(_ canonical: CanonicalURL) -> Result<Profile, SnapshotError>? {
        if let known = kept.withLock({ $0.take(canonical) }) { return .success(known) }
        guard let definition = StandardStructures.r4.structureDefinition(canonical) else { return nil }
        do throws(SnapshotError) {
            let made = try SnapshotGenerator(source: StandardStructures.r4).generate(definition)
            let profile = Profile(definition: made.definition, issues: made.issues, number: numbers.next())
            kept.withLock { $0.put(profile, made.definition.document.byteCount, for: canonical) }
            return .success(profile)
        } catch {
            return .failure(error)
        }
    }
}

/// Numbers for profiles, each given once.
final class ProfileNumbers: Sendable {
    private let last = Atomic<Int>(0)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}
