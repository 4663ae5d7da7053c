/// OBR-24 (table 0074) to the category of observations.
enum SectionTable {
    private static let imaging: Set<String> = [
        "RAD", "RX", "RUS", "OUS", "VUS", "CUS", "CT", "NMR", "NMS", "XRC", "CTH", "NRS", "RT",
    ]
    private static let other: Set<String> = [
        "AU", "CP", "EC", "EN", "ICU", "OTH", "OT", "PHR", "PT", "RC", "URN", "PHY",
    ]

    static func category(_ section: String, isLaboratory: Bool) -> String? {
        if imaging.contains(section) { return "imaging" }
        if section.isEmpty { return isLaboratory ? "laboratory" : nil }
        return other.contains(section) ? nil : "laboratory"
    }
}
