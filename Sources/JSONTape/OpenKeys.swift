/// The property names of the objects that are open while parsing, to refuse duplicates (RFC 8259 §4 leaves them
/// undefined; accepting one would let two readers see two different resources).
///
/// Small objects are searched linearly by hash; from 32 properties on a dictionary keeps hostile objects from costing
/// quadratic time. Both hashes start from a secret of this process, so that nobody can prepare names that collide.
///
/// Owns raw memory: whoever makes one calls `deallocate()`.
struct OpenKeys {
    private static let linearLimit = 32
    private let bytes: UnsafeMutablePointer<UInt8>
    private let seed: UInt64
    private var hashes: UnsafeMutablePointer<UInt64>
    private var words: UnsafeMutablePointer<UInt64>
    private var capacity = 128
    private(set) var count = 0
    /// Names of the objects that outgrew the linear search, by the list position of their first key.
    private var large: [Int: [UInt64: [UInt64]]] = [:]

    /// Keys in `bytes`, behind which at least eight more are readable.
    init(of bytes: UnsafeMutablePointer<UInt8>) {
        self.bytes = bytes
        // Swift seeds `Hasher` at random once per process.
        seed = UInt64(truncatingIfNeeded: Hasher().finalize())
        hashes = .allocate(capacity: capacity)
        words = .allocate(capacity: capacity)
    }

    func deallocate() {
        hashes.deallocate()
        words.deallocate()
    }

    /// Adds the key whose tape word is `word`; false if the object that began at `first` has it already.
    @inline(__always)
    mutating func insert(_ word: UInt64, since first: Int) -> Bool {
        let hash = hash(word)
        guard count &- first < Self.linearLimit else { return insertLarge(word, hash, since: first) }
        var index = first
        while index < count {
            if hashes[index] == hash, areEqual(words[index], word) { return false }
            index &+= 1
        }
        append(word, hash)
        return true
    }

    @inline(__always)
    mutating func removeAll(since first: Int) {
        if count &- first > Self.linearLimit { large[first] = nil }
        count = first
    }

    @inline(never)
    private mutating func insertLarge(_ word: UInt64, _ hash: UInt64, since first: Int) -> Bool {
        if large[first] == nil {
            var names: [UInt64: [UInt64]] = [:]
            for index in first..<count { names[hashes[index], default: []].append(words[index]) }
            large[first] = names
        }
        let sameHash = large[first]?[hash] ?? []
        if sameHash.contains(where: { areEqual($0, word) }) { return false }
        large[first]?[hash, default: []].append(word)
        append(word, hash)
        return true
    }

    @inline(__always)
    private mutating func append(_ word: UInt64, _ hash: UInt64) {
        if count == capacity { grow() }
        hashes[count] = hash
        words[count] = word
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        hashes = Self.copy(hashes, count, into: capacity * 2)
        words = Self.copy(words, count, into: capacity * 2)
        capacity *= 2
    }

    private static func copy(
        _ old: UnsafeMutablePointer<UInt64>, _ count: Int, into capacity: Int
    ) -> UnsafeMutablePointer<UInt64> {
        let new = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        new.initialize(from: old, count: count)
        old.deallocate()
        return new
    }

    // MARK: - Hash and equality of the decoded names

    @inline(__always)
    private func hash(_ word: UInt64) -> UInt64 {
        if Document.kind(of: word) == .string {
            return hash(bytes + Document.offset(of: word), count: Document.length(of: word))
        }
        return hashEscaped(word)
    }

    @inline(never)
    private func hashEscaped(_ word: UInt64) -> UInt64 {
        var name = JSONEscape.decode(slice(word))
        let length = name.count
        name.append(contentsOf: repeatElement(0, count: 8))
        return name.withUnsafeBufferPointer { buffer in
            // Never empty: eight bytes were just added.
            hash(buffer.baseAddress!, count: length)
        }
    }

    /// Reads whole words, the last one masked: equal names hash alike wherever they stand in the text.
    @inline(__always)
    private func hash(_ start: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        var hash = seed ^ UInt64(truncatingIfNeeded: count)
        var index = 0
        while index &+ 8 <= count {
            hash = JSONKey.mix(hash, UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self))
            index &+= 8
        }
        let rest = count &- index
        if rest > 0 {
            let word = UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
            hash = JSONKey.mix(hash, word & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* rest)))
        }
        return hash
    }

    private func areEqual(_ left: UInt64, _ right: UInt64) -> Bool {
        if Document.kind(of: left) == .string, Document.kind(of: right) == .string {
            return slice(left).elementsEqual(slice(right))
        }
        return JSONEscape.decode(slice(left)) == JSONEscape.decode(slice(right))
    }

    private func slice(_ word: UInt64) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + Document.offset(of: word), count: Document.length(of: word))
    }
}
