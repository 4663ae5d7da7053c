import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// Current resources by `Type/id`, read at once.
struct StoredContents: Sendable {
    private var versions: [String: StoredVersion] = [:]

    init(of addresses: [String], in store: FHIRStore) async throws {
        let references = addresses.compactMap { address -> SearchIndexer.LocalReference? in
            let parts = address.split(separator: "/").map(String.init)
            guard parts.count == 2, let type = store.definitions.resourceType(named: parts[0]) else { return nil }
            return SearchIndexer.LocalReference(type: type, id: parts[1])
        }
        for version in try await store.current(references) {
            versions["\(store.definitions.name(of: version.type))/\(version.stamp.id)"] = version
        }
    }

    subscript(_ address: String) -> StoredVersion? { versions[address] }

    /// Whether two resources say different things; `meta`, the order of members and white space do not count.
    static func differ(_ left: JSONNode, _ right: JSONNode) -> Bool {
        guard left.isObject, right.isObject else { return !same(left, right) }
        let mine = left.members.filter { $0.key != "meta" }
        let theirs = right.members.filter { $0.key != "meta" }
        return mine.count != theirs.count
            || !mine.allSatisfy { member in
                theirs.first { $0.key == member.key }.map { same(member.value, $0.value) } ?? false
            }
    }

    private static func same(_ left: JSONNode, _ right: JSONNode) -> Bool {
        if left.isObject {
            let (mine, theirs) = (Array(left.members), Array(right.members))
            return right.isObject && mine.count == theirs.count
                && mine.allSatisfy { member in
                    theirs.first { $0.key == member.key }.map { same(member.value, $0.value) } ?? false
                }
        }
        if left.isArray {
            return right.isArray && left.items.count == right.items.count
                && zip(left.items, right.items).allSatisfy { same($0, $1) }
        }
        if let number = left.numberText { return number == right.numberText }
        if let text = left.string { return text == right.string }
        return left.bool == right.bool
    }
}
