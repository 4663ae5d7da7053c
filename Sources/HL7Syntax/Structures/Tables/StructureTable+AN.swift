extension StructureTable {
    /// Structures A to N; see `StructureTable` for how a row reads.
    static let aToN = """
        ACK MSH [{SFT}] [UAC] MSA [{ERR}]
        ACK_N02 MSH MSA
        ADR_A19 MSH [{SFT}] MSA [ERR] [QAK] QRD [QRF] {QUERY_RESPONSE: [EVN] PID [PD1] [{ROL}] [{NK1}] PV1 [PV2] \
        [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{ROL}]}] [{GT1}] [{INSURANCE: IN1 [IN2] \
        [{IN3}] [{ROL}]}] [ACC] [UB1] [UB2]} [DSC]
        ADT_A01 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] [{ROL}] [{NK1}] PV1 [PV2] [{PRT}] [{ARV}] [{ROL}] [{DB1}] \
        [{OBSERVATION: OBX [{PRT}] [{NTE}]}] [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{PRT}] [{ROL}]}] [{GT1}] \
        [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}] [{AUT}] [{RF1}]}] [ACC] [UB1] [UB2] [PDA]
        ADT_A02 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] [{ROL}] PV1 [PV2] [{PRT}] [{ARV}] [{ROL}] [{DB1}] \
        [{OBSERVATION: OBX [{PRT}] [{NTE}]}] [PDA]
        ADT_A03 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] [{ROL}] [{NK1}] PV1 [PV2] [{PRT}] [{ARV}] [{ROL}] [{DB1}] \
        [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{PRT}] [{ROL}]}] [{OBSERVATION: OBX [{PRT}] [{NTE}]}] [{GT1}] \
        [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}] [{AUT}] [{RF1}]}] [ACC] [PDA]
        ADT_A05 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] [{ROL}] [{NK1}] [PV1] [PV2] [{PRT}] [{ARV}] [{ROL}] \
        [{DB1}] [{OBSERVATION: OBX [{PRT}] [{NTE}]}] [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{PRT}] [{ROL}]}] \
        [{GT1}] [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}] [{AUT}] [{RF1}]}] [ACC] [UB1] [UB2]
        ADT_A06 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] [{ROL}] [MRG] [{NK1}] PV1 [PV2] [{PRT}] [{ARV}] [{ROL}] \
        [{DB1}] [{OBSERVATION: OBX [{PRT}] [{NTE}]}] [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{PRT}] [{ROL}]}] \
        [{GT1}] [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}] [{AUT}] [{RF1}]}] [ACC] [UB1] [UB2]
        ADT_A09 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] PV1 [PV2] [{PRT}] [{ARV}] [{DB1}] [{OBSERVATION: OBX \
        [{PRT}] [{NTE}]}] [{DG1}]
        ADT_A12 MSH [{SFT}] EVN PID [PD1] PV1 [PV2] [{DB1}] [{OBX}] [DG1]
        ADT_A15 MSH [{SFT}] EVN PID [PD1] [{ROL}] PV1 [PV2] [{ROL}] [{DB1}] [{OBX}] [{DG1}]
        ADT_A16 MSH [{SFT}] EVN PID [PD1] [{ROL}] [{NK1}] PV1 [PV2] [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] [DRG] \
        [{PROCEDURE: PR1 [{ROL}]}] [{GT1}] [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}]}] [ACC]
        ADT_A17 MSH [{SFT}] EVN PID [PD1] PV1 [PV2] [{DB1}] [{OBX}] PID [PD1] PV1 [PV2] [{DB1}] [{OBX}]
        ADT_A18 MSH [{SFT}] EVN PID [PD1] MRG PV1
        ADT_A20 MSH [{SFT}] EVN NPU
        ADT_A21 MSH [{SFT}] EVN PID [PD1] PV1 [PV2] [{DB1}] [{OBX}]
        ADT_A24 MSH [{SFT}] EVN PID [PD1] [PV1] [{DB1}] PID [PD1] [PV1] [{DB1}]
        ADT_A30 MSH [{SFT}] [UAC] EVN PID [PD1] [{ARV}] MRG
        ADT_A37 MSH [{SFT}] EVN PID [PD1] [PV1] [{DB1}] PID [PD1] [PV1] [{DB1}]
        ADT_A38 MSH [{SFT}] EVN PID [PD1] PV1 [PV2] [{DB1}] [{OBX}] [{DG1}] [DRG]
        ADT_A39 MSH [{SFT}] [UAC] EVN {PATIENT: PID [PD1] [{ARV}] MRG [PV1] [{ARV}]}
        ADT_A43 MSH [{SFT}] [UAC] EVN {PATIENT: PID [PD1] [{ARV}] MRG}
        ADT_A44 MSH [{SFT}] [UAC] EVN {PATIENT: PID [PD1] [{ARV}] MRG}
        ADT_A45 MSH [{SFT}] [UAC] EVN PID [PD1] {MERGE_INFO: MRG PV1}
        ADT_A50 MSH [{SFT}] EVN PID [PD1] MRG PV1
        ADT_A52 MSH [{SFT}] EVN PID [PD1] PV1 [PV2]
        ADT_A54 MSH [{SFT}] EVN PID [PD1] [{ROL}] PV1 [PV2] [{ROL}]
        ADT_A60 MSH [{SFT}] EVN PID [PV1] [PV2] [{IAM}]
        ADT_A61 MSH [{SFT}] EVN PID [PD1] PV1 [{ROL}] [PV2]
        BAR_P01 MSH [{SFT}] [UAC] EVN PID [PD1] [{PRT}] [{ROL}] {VISIT: [PV1] [PV2] [{PRT}] [{ROL}] [{DB1}] \
        [{OBX}] [{AL1}] [{DG1}] [DRG] [{PROCEDURE: PR1 [{PRT}] [{ROL}]}] [{GT1}] [{NK1}] [{INSURANCE: IN1 [IN2] \
        [{IN3}] [{PRT}] [{ROL}]}] [ACC] [UB1] [UB2]}
        BAR_P02 MSH [{SFT}] EVN {PATIENT: PID [PD1] [PV1] [{DB1}]}
        BAR_P05 MSH [{SFT}] EVN PID [PD1] [{ROL}] {VISIT: [PV1] [PV2] [{ROL}] [{DB1}] [{OBX}] [{AL1}] [{DG1}] \
        [DRG] [{PROCEDURE: PR1 [{ROL}]}] [{GT1}] [{NK1}] [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}]}] [ACC] [UB1] \
        [UB2] [ABS] [{BLC}] [RMI]}
        BAR_P06 MSH [{SFT}] EVN {PATIENT: PID [PV1]}
        BAR_P10 MSH [{SFT}] EVN PID PV1 [{DG1}] GP1 [{PROCEDURE: PR1 [GP2]}]
        BAR_P12 MSH [{SFT}] EVN PID PV1 [{DG1}] [DRG] [{PROCEDURE: PR1 [{ROL}]}]
        CRM_C01 MSH [{SFT}] {PATIENT: PID [PV1] CSR [{CSP}]}
        DFT_P03 MSH [{SFT}] [UAC] EVN PID [PD1] [{PRT}] [{ROL}] [PV1] [PV2] [{PRT}] [{ROL}] [{DB1}] \
        [{COMMON_ORDER: [ORC] [{TIMING_QUANTITY: TQ1 [{TQ2}]}] [ORDER: OBR [{NTE}]] [{OBSERVATION: OBX [{NTE}]}]}] \
        {FINANCIAL: FT1 [{PRT}] [{NTE}] [{FINANCIAL_PROCEDURE: PR1 [{PRT}] [{ROL}]}] [{FINANCIAL_COMMON_ORDER: \
        [ORC] [{FINANCIAL_TIMING_QUANTITY: TQ1 [{TQ2}]}] [FINANCIAL_ORDER: OBR [{NTE}]] [{FINANCIAL_OBSERVATION: \
        OBX [{NTE}]}]}]} [{DG1}] [DRG] [{GT1}] [{INSURANCE: IN1 [IN2] [{IN3}] [{PRT}] [{ROL}]}] [ACC]
        DFT_P11 MSH [{SFT}] EVN PID [PD1] [{ROL}] [PV1] [PV2] [{ROL}] [{DB1}] [{COMMON_ORDER: [ORC] \
        [{TIMING_QUANTITY: TQ1 [{TQ2}]}] [ORDER: OBR [{NTE}]] [{OBSERVATION: OBX [{NTE}]}]}] [{DG1}] [DRG] [{GT1}] \
        [{INSURANCE: IN1 [IN2] [{IN3}] [{ROL}]}] [ACC] {FINANCIAL: FT1 [{FINANCIAL_PROCEDURE: PR1 [{ROL}]}] \
        [{FINANCIAL_COMMON_ORDER: [ORC] [{FINANCIAL_TIMING_QUANTITY: TQ1 [{TQ2}]}] [FINANCIAL_ORDER: OBR [{NTE}]] \
        [{FINANCIAL_OBSERVATION: OBX [{NTE}]}]}] [{DG1}] [DRG] [{GT1}] [{FINANCIAL_INSURANCE: IN1 [IN2] [{IN3}] \
        [{ROL}]}]}
        MDM_T01 MSH [{SFT}] [UAC] EVN PID [{PRT}] [PV1] [{COMMON_ORDER: ORC [{TIMING: TQ1 [{TQ2}]}] OBR [{NTE}]}] \
        TXA [{CON}]
        MDM_T02 MSH [{SFT}] [UAC] EVN PID [{PRT}] [PV1] [{COMMON_ORDER: ORC [{TIMING: TQ1 [{TQ2}]}] OBR [{NTE}]}] \
        TXA [{CON}] {OBSERVATION: OBX [{PRT}] [{NTE}]} [{CON}]
        MFK_M01 MSH [{SFT}] MSA [{ERR}] MFI [{MFA}]
        MFK_M02 MSH MSA MFI [{MFA}]
        MFN_M02 MSH [{SFT}] MFI {MF_STAFF: MFE STF [{PRA}] [{ORG}] [{AFF}] [{LAN}] [{EDU}] [{CER}] [{NTE}]}
        MFN_M04 MSH [{SFT}] MFI {MF_CDM: MFE CDM [{PRC}]}
        MFN_M05 MSH [{SFT}] MFI {MF_LOCATION: MFE LOC [{LCH}] [{LRL}] {MF_LOC_DEPT: LDP [{LCH}] [{LCC}]}}
        MFN_M06 MSH [{SFT}] MFI {MF_CLIN_STUDY: MFE CM0 [{MF_PHASE_SCHED_DETAIL: CM1 [{CM2}]}]}
        MFN_M07 MSH [{SFT}] MFI {MF_CLIN_STUDY_SCHED: MFE CM0 [{CM2}]}
        MFN_M08 MSH [{SFT}] MFI {MF_TEST_NUMERIC: MFE OM1 [OM2] [OM3] [OM4]}
        MFN_M09 MSH [{SFT}] MFI {MF_TEST_CATEGORICAL: MFE OM1 [MF_TEST_CAT_DETAIL: OM3 [{OM4}]]}
        MFN_M10 MSH [{SFT}] MFI {MF_TEST_BATTERIES: MFE OM1 [MF_TEST_BATT_DETAIL: OM5 [{OM4}]]}
        MFN_M11 MSH [{SFT}] MFI {MF_TEST_CALCULATED: MFE OM1 [MF_TEST_CALC_DETAIL: OM6 OM2]}
        MFN_M12 MSH [{SFT}] MFI {MF_OBS_ATTRIBUTES: MFE OM1 [OM7]}
        MFN_M13 MSH [{SFT}] MFI {MFE}
        MFN_M15 MSH [{SFT}] MFI {MF_INV_ITEM: MFE IIM}
        MFN_M16 MSH [{SFT}] [UAC] MFI {MATERIAL_ITEM_RECORD: MFE ITM [{NTE}] [{STERILIZATION: STZ [{NTE}]}] \
        [{PURCHASING_VENDOR: VND [{PACKAGING: PKG [{PCE}]}]}] [{MATERIAL_LOCATION: IVT [{ILT}] [{NTE}]}]}
        MFN_M17 MSH [{SFT}] [UAC] MFI {MF_DRG: MFE DMI}
        MFN_M18 MSH [{SFT}] [UAC] MFI {MF_PAYER: MFE {PAYER_MF_ENTRY: PM1 {PAYER_MF_COVERAGE: MCP [{DPS}]}}}
        """
}
