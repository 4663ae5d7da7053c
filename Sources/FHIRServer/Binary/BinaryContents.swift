import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FoundationEssentials
import Synchronization

/// The content of Binaries in bundles (R4 binary.html#rest): the resource, with its content in base64.
///
/// A bundle is made in memory, so it holds so much content and no more. A Binary whose content had no room is tagged
/// SUBSETTED, as any resource that is not shown whole, and tells the size and digest of what is missing; its own
/// address has all of it.
final class BinaryContents: Sendable {
    private let store: FHIRStore
    private let type: TypeID?
    /// Bytes that still have room.
    private let room: Mutex<Int>
    private let isFull = Mutex(false)

    /// - Parameter byteCount: of the contents in one answer together.
    init(store: FHIRStore, byteCount: Int) {
        self.store = store
        type = store.definitions.resourceType(named: "Binary")
        room = Mutex(byteCount)
    }

    /// Whether everything had room so far.
    var hadRoom: Bool { !isFull.withLock { $0 } }

    /// The versions with their contents, as far as there is room; others as they are.
    func complete(_ versions: [StoredVersion]) async throws -> [StoredVersion] {
        guard versions.contains(where: { $0.type == type }) else { return versions }
        var parted: [Int: (binary: StoredBinary, name: BinaryContentName)] = [:]
        for (position, version) in versions.enumerated() where version.type == type && version.content != nil {
            let binary = try StoredBinary(version)
            guard let digest = binary.digest else { continue }
            parted[position] = (binary, BinaryContentName(id: version.stamp.id, digest: digest))
        }
        if parted.isEmpty { return versions }
        let sizes = try await store.binaryByteCounts(of: Array(Set(parted.values.map(\.name))))
        let fitting = Set(
            parted.sorted { $0.key < $1.key }.map(\.value.name).filter { name in
                guard let size = sizes[name] else { return false }
                return room.withLock { room in
                    guard size <= room else { return false }
                    room -= size
                    return true
                }
            })
        let contents = fitting.isEmpty ? [:] : try await store.binaryContents(of: Array(fitting))
        var complete = versions
        for (position, (binary, name)) in parted {
            if let bytes = contents[name] {
                complete[position].content = binary.json(data: Data(bytes).base64EncodedString())
            } else if sizes[name] != nil {
                isFull.withLock { $0 = true }
                complete[position].content = binary.subsettedJSON
            }
        }
        return complete
    }
}

extension Interactions {
    /// Of one answer; the entries of a bundle share what the bundle has.
    func binaryContents(_ request: InteractionRequest) -> BinaryContents {
        request.binaryContents ?? BinaryContents(store: store, byteCount: limits.bundledBinaryByteCount)
    }
}
