/// How much two names are alike as they are written: Jaro–Winkler, from 0 to 1. It forgives letters that changed
/// places and trusts the beginning of a name more than its end.
enum NameLikeness {
    static func jaroWinkler(_ left: [UInt8], _ right: [UInt8]) -> Double {
        let jaro = jaro(left, right)
        guard jaro > 0.7 else { return jaro }
        let common = zip(left, right).prefix(4).prefix { $0 == $1 }.count
        return jaro + Double(common) * 0.1 * (1 - jaro)
    }

    private static func jaro(_ left: [UInt8], _ right: [UInt8]) -> Double {
        if left == right { return left.isEmpty ? 0 : 1 }
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        let window = max(0, max(left.count, right.count) / 2 - 1)
        var taken = [Bool](repeating: false, count: right.count)
        var matched: [UInt8] = []
        for (position, letter) in left.enumerated() {
            let low = max(0, position - window)
            let high = min(right.count - 1, position + window)
            guard low <= high, let found = (low...high).first(where: { !taken[$0] && right[$0] == letter })
            else { continue }
            taken[found] = true
            matched.append(letter)
        }
        guard !matched.isEmpty else { return 0 }
        let others = right.indices.filter { taken[$0] }.map { right[$0] }
        let transpositions = Double(zip(matched, others).filter { $0 != $1 }.count) / 2
        let count = Double(matched.count)
        return (count / Double(left.count) + count / Double(right.count) + (count - transpositions) / count) / 3
    }
}
