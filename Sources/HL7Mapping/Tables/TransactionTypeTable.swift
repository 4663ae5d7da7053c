/// FT1-6, HL7 table 0017. §2.3.
enum TransactionType: String {
    case charge = "CG"
    case credit = "CD"
    case payment = "PY"
    case adjustment = "AJ"
    case copayment = "CO"
}
