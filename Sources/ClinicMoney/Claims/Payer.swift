import Clinic
import JSONTape

/// Whoever pays for the insured: asked about cover, and for money.
protocol Payer: Sendable {
    /// What is paid of a claim; nil while the payer thinks about it.
    ///
    /// - Parameter isInquiry: whether the claim was submitted before and an answer is asked for.
    func adjudicate(_ items: [ClaimItem], isInForce: Bool, isInquiry: Bool) throws -> [ClaimDecision]?
}

/// A line of a claim.
struct ClaimItem: Sendable {
    var sequence: Int
    var net: Amount
    /// Codes of `productOrService`.
    var codes: Set<String>
}

/// What a payer pays of a line; the patient pays the rest.
struct ClaimDecision: Sendable {
    var sequence: Int
    var net: Amount
    /// What the payer takes, at most the net.
    var payerShare: Int

    var patientShare: Int { net.minor - payerShare }
}

/// A payer for clinics without one, and for tests: pays a percentage of what is covered, at once or when it is asked
/// again. What it does is a setting.
struct PayerSimulator: Payer {
    private let percent: ExactDecimal
    private let excluded: Set<String>
    private let isQueued: Bool

    /// - Parameter setting: `{"percent": 80, "excluded": ["code"], "mode": "sync" or "queued"}`
    init(_ setting: JSONNode) {
        let given = setting["percent"]?.numberText.flatMap { ExactDecimal($0) } ?? ExactDecimal(80)
        let isTooMuch = (try? ExactDecimal(100).isLess(than: given)) ?? true
        percent = isTooMuch ? ExactDecimal(100) : given.isNegative ? .zero : given
        excluded = Set((setting["excluded"]?.items ?? []).compactMap(\.string))
        isQueued = setting["mode"]?.string == "queued"
    }

    func adjudicate(_ items: [ClaimItem], isInForce: Bool, isInquiry: Bool) throws -> [ClaimDecision]? {
        if isQueued && !isInquiry { return nil }
        return try items.map { item in
            let isPaid = isInForce && item.codes.isDisjoint(with: excluded) && item.net.minor > 0
            let share = try item.net.decimal.times(percent).times(ExactDecimal(1, scale: 2))
                .rounded(toDecimals: item.net.currency.exponent)
            return ClaimDecision(sequence: item.sequence, net: item.net, payerShare: isPaid ? share : 0)
        }
    }
}
