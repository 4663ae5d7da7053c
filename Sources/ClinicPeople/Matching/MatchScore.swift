/// How likely two records are one person's: weights of agreement and disagreement, added up (Fellegi and Sunter 1969).
///
/// Each weight is the logarithm (base 2) of how much more often the comparison comes out so for one person's records
/// than for those of two people. What one record does not tell counts nothing.
struct MatchScore: Hashable, Sendable {
    /// Codes of http://terminology.hl7.org/CodeSystem/match-grade.
    enum Grade: String, Sendable, Comparable, CaseIterable {
        case certainlyNot = "certainly-not"
        case possible
        case probable
        case certain

        static func < (left: Grade, right: Grade) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    let weight: Double
    let grade: Grade

    /// From 0 to 1, for `Bundle.entry.search.score`: even odds where a match becomes probable.
    var probability: Double {
        var odds = 1.0
        let distance = min(20, max(-20, weight - Self.probable))
        for _ in 0..<Int(distance.magnitude) { odds *= 2 }
        odds *= 1 + (distance.magnitude - distance.magnitude.rounded(.down))
        return distance < 0 ? 1 / (1 + odds) : odds / (1 + odds)
    }

    private static let certain = 20.0
    private static let probable = 13.0
    private static let possible = 7.0

    init(_ left: PatientFeatures, _ right: PatientFeatures) {
        let sharesIdentifier = !left.identifiers.isDisjoint(with: right.identifiers)
        let family = Self.family(left, right)
        let given = Self.given(left, right)
        let exchanged = Self.exchanged(left, right)
        let names = max(family + given, exchanged)
        let birth = Self.birth(left, right)
        let weight =
            (sharesIdentifier ? 18 : 0) + names + birth + Self.gender(left, right) + Self.address(left, right)
            + Self.telecom(left, right)
        self.weight = weight
        grade = Self.grade(
            weight, sharesIdentifier: sharesIdentifier,
            // Twins, and fathers and sons of one name, agree in all but one.
            contradicts: (given <= -5 && exchanged <= 0) || birth <= -5 || Self.areSiblingsOfOneBirth(left, right))
    }

    private static func grade(_ weight: Double, sharesIdentifier: Bool, contradicts: Bool) -> Grade {
        let plain: Grade =
            weight >= certain
            ? .certain : weight >= probable ? .probable : weight >= possible ? .possible : .certainlyNot
        if sharesIdentifier { return max(plain, .possible) }
        return contradicts ? min(plain, .possible) : plain
    }

    private static func areSiblingsOfOneBirth(_ left: PatientFeatures, _ right: PatientFeatures) -> Bool {
        guard let mine = left.birthOrder, let theirs = right.birthOrder else { return false }
        return mine != theirs
    }

    // MARK: - Comparisons

    private static func family(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        best(left.families, right.families, same: 5, different: -4)
    }

    private static func given(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        guard let first = left.givens.first, let other = right.givens.first else { return 0 }
        let firsts = likeness(first, other, same: 4, different: -6)
        if firsts > 0 { return firsts }
        // Known by the second name.
        let any = best(left.givens, right.givens, same: 3, different: -6)
        return max(firsts, any)
    }

    /// Family and given name in each other's place.
    private static func exchanged(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        guard !left.families.isEmpty, !left.givens.isEmpty, !right.families.isEmpty, !right.givens.isEmpty else {
            return -20
        }
        let one = best(left.families, right.givens, same: 4, different: -6)
        let two = best(left.givens, right.families, same: 4, different: -6)
        return one > 0 && two > 0 ? one + two - 1 : -20
    }

    private static func best(_ left: [[UInt8]], _ right: [[UInt8]], same: Double, different: Double) -> Double {
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        var best = different
        for mine in left {
            for theirs in right { best = max(best, likeness(mine, theirs, same: same, different: different)) }
        }
        return best
    }

    private static func likeness(_ left: [UInt8], _ right: [UInt8], same: Double, different: Double) -> Double {
        if left == right { return same }
        let (short, long) = left.count < right.count ? (left, right) : (right, left)
        // An initial, or a short form: Alex for Alexander.
        if short.count == 1 { return short[0] == long[0] ? 0.5 : different }
        if short.count >= 3, long.starts(with: short) { return same * 0.6 }
        let written = NameLikeness.jaroWinkler(left, right)
        if written >= 0.92 { return same * 0.75 }
        if Phonetics.key(left) == Phonetics.key(right), written >= 0.7 { return same * 0.6 }
        if written >= 0.85 { return same * 0.4 }
        return written >= 0.75 ? different * 0.5 : different
    }

    private static func birth(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        guard let mine = left.birthDay, let theirs = right.birthDay else { return 0 }
        switch mine.likeness(theirs) {
        case .same: return 8
        case .compatible: return 4
        case .slip: return 4
        case .different: return -8
        }
    }

    private static func gender(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        let told: Set<String> = ["male", "female"]
        guard let mine = left.gender, let theirs = right.gender, told.contains(mine), told.contains(theirs) else {
            return 0
        }
        return mine == theirs ? 1 : -3
    }

    private static func address(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        func compare(_ mine: Set<[UInt8]>, _ theirs: Set<[UInt8]>, _ same: Double, _ different: Double) -> Double {
            if mine.isEmpty || theirs.isEmpty { return 0 }
            return mine.isDisjoint(with: theirs) ? different : same
        }
        // People move: that addresses differ says little.
        return compare(left.lines, right.lines, 2, -0.5) + compare(left.postalCodes, right.postalCodes, 1.5, -0.5)
            + compare(left.cities, right.cities, 0.5, -0.5)
    }

    private static func telecom(_ left: PatientFeatures, _ right: PatientFeatures) -> Double {
        if !left.phones.isDisjoint(with: right.phones) || !left.mails.isDisjoint(with: right.mails) { return 4 }
        return 0
    }
}
