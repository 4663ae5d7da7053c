extension SegmentTable {
    /// Segments A to F; see `SegmentTable` for how a row reads.
    static let aToF = """
        ABS 2.4 Abstract|Discharge Care Provider:XCN|Transfer Medical Service Code:CE>2.6 :CWE|Severity of Illness \
        Code:CE>2.6 :CWE|Date/Time of Attestation:TS>2.6 :DTM|Attested by:XCN|Triage Code:CE>2.6 :CWE|Abstract \
        Completion Date/Time:TS>2.6 :DTM|Abstracted by:XCN|Case Category Code:CE>2.6 :CWE|Caesarian Section \
        Indicator:ID|Gestation Category Code:CE>2.6 :CWE|Gestation Period Weeks:NM|Newborn Code:CE>2.6 :CWE|\
        Stillborn Indicator:ID
        ACC 2.1 Accident|Accident Date/Time:TS>2.6 :DTM|Accident Code:ID>2.3 :CE>2.6 :CWE|Accident Location:ST|2.3 \
        Auto Accident State:CE>2.6 :CWE|2.3 Accident Job Related Indicator:ID|2.3 Accident Death Indicator:ID|2.4 \
        Entered by:XCN|2.4 Accident Description:ST|2.4 Brought in by:ST|2.4 Police Notified Indicator:ID|2.5 \
        Accident Address:XAD|2.7 Degree of Patient Liability:NM|2.8 Accident Identifier:EI*
        ADD 2.1 Addendum|Addendum Continuation Pointer:ST
        ADJ 2.6 Adjustment|Provider Adjustment Number:EI!|Payer Adjustment Number:EI!|Adjustment Sequence \
        Number:SI!|Adjustment Category:IS>2.7 :CWE!|Adjustment Amount:CP*|Adjustment Quantity:CQ|Adjustment Reason \
        Pa:CWE*|Adjustment Description:ST|Original Value:NM|Substitute Value:NM|Adjustment Action:IS>2.7 :CWE|\
        Provider Adjustment Number Cross Reference:EI|Provider Product Service Line Item Number Cross \
        Reference:EI|Adjustment Date:DTM!|Responsible Organization:XON
        AFF 2.4 Professional Affiliation|Set ID AFF:SI!|Professional Organization:XON!|Professional Organization \
        Address:XAD|Professional Organization Affiliation Date Range:DR*|Professional Affiliation Additional \
        Information:ST
        AIG 2.3 Appointment Information - General Resource|set ID -AIG:SI!|Segment Action Code:ID|Resource \
        ID:CE>2.6 :CWE|Resource Type:CE>2.6 :CWE!|Resource Group:CE>2.6 :CWE*|Resource Quantity:NM|Resource \
        Quantity Units:CE>2.6 :CNE|Start Date/Time:TS>2.6 :DTM|Start Date/Time Offset:NM|Start Date/Time Offset \
        Units:CE>2.6 :CNE|Duration:NM|Duration Units:CE>2.6 :CNE|Allow Substitution Code:IS>2.7 :CWE|Filler Status \
        Code:CE>2.6 :CWE
        AIL 2.3 Appointment Information - Location Resource|set ID -AIL:SI!|Segment Action Code:ID|Location \
        Resource ID:PL*|Location Type - AIL:CE>2.6 :CWE|Location Group:CE>2.6 :CWE|Start Date/Time:TS>2.6 :DTM|\
        Start Date/Time Offset:NM|Start Date/Time Offset Units:CE>2.6 :CNE|Duration:NM|Duration Units:CE>2.6 :CNE|\
        Allow Substitution Code:IS>2.7 :CWE|Filler Status Code:CE>2.6 :CWE
        AIP 2.3 Appointment Information - Personnel Resource|set ID -AIP:SI!|Segment Action Code:ID|Personnel \
        Resource ID:XCN*|Resource Type:CE>2.6 :CWE|Resource Group:CE>2.6 :CWE|Start Date/Time:TS>2.6 :DTM|Start \
        Date/Time Offset:NM|Start Date/Time Offset Units:CE>2.6 :CNE|Duration:NM|Duration Units:CE>2.6 :CNE|Allow \
        Substitution Code:IS>2.7 :CWE|Filler Status Code:CE>2.6 :CWE
        AIS 2.3 Appointment Information - Service|set ID -AIS:SI!|Segment Action Code:ID|Universal Service \
        Identifier:CE>2.6 :CWE!|Start Date/Time:TS>2.6 :DTM|Start Date/Time Offset:NM|Start Date/Time Offset \
        Units:CE>2.6 :CNE|Duration:NM|Duration Units:CE>2.6 :CNE|Allow Substitution Code:IS>2.7 :CWE|Filler Status \
        Code:CE>2.6 :CWE|2.4 Placer Supplemental Service Information:CE>2.6 :CWE*|2.4 Filler Supplemental Service \
        Information:CE>2.6 :CWE*
        AL1 2.2 Patient Allergy Information|Set ID - AL1:SI>2.4 :CE>2.5 :SI!|Allergen Type Code:ID>2.3.1 :IS>2.4 \
        :CE>2.6 :CWE|Allergen Code/Mnemonic/Description:CE>2.6 :CWE!|Allergy Severity Code:ID>2.3.1 :IS>2.4 \
        :CE>2.6 :CWE|Allergy Reaction Code:ST*|Identification Date:DT
        APR 2.3 Appointment Preferences|Time Selection Criteria:SCV*|Resource Selection Criteria:SCV*|Location \
        Selection Criteria:SCV*|Slot Spacing Criteria:NM|Filler Override Criteria:SCV*
        ARQ 2.3 Appointment Request|Placer Appointment ID:EI!|Filler Appointment ID:EI|Occurrence Number:NM|Placer \
        Group Number:EI>2.8 :EIP|Schedule ID:CE>2.6 :CWE|Request Event Reason:CE>2.6 :CWE|Appointment \
        Reason:CE>2.6 :CWE|Appointment Type:CE>2.6 :CWE|Appointment Duration:NM|Appointment Duration Units:CE>2.6 \
        :CNE|Requested Start Date/Time Range:DR*|Priority ARQ:ST|Repeating Interval:RI|Repeating Interval \
        Duration:ST|Placer Contact Person:XCN!*|Placer Contact Phone Number:XTN*|Placer Contact Address:XAD*|\
        Placer Contact Location:PL|Entered by Person:XCN!*|Entered by Phone Number:XTN*|Entered by Location:PL|\
        Parent Placer Appointment ID:EI|Parent Filler Appointment ID:EI|2.4 Placer Order Number:EI*|2.4 Filler \
        Order Number:EI*
        ARV 2.6 Access Restriction|Set ID:SI|Access Restriction Action Code:CNE!|Access Restriction Value:CWE!|\
        Access Restriction Reason:CWE*|Special Access Restriction Instructions:ST*|Access Restriction Date \
        Range:DR
        AUT 2.3 Authorization Information|Authorizing Payor Plan ID:CE>2.6 :CWE|Authorizing Payor Company \
        ID:CE>2.6 :CWE!|Authorizing Payor Company Name:ST|Authorization Effective Date:TS>2.6 :DTM|Authorization \
        Expiration Date:TS>2.6 :DTM|Authorization Identifier:EI|Reimbursement Limit:CP|Requested Number of \
        Treatments:NM>2.7 :CQ|Authorized Number of Treatments:NM>2.7 :CQ|Process Date:TS>2.6 :DTM|2.7 Requested \
        Discipline S:CWE*|2.7 Authorized Discipline S:CWE*|2.8 Authorization Referral Type:CWE!*|2.8 Approval \
        Status:CWE*|2.8 Planned Treatment Stop Date:DTM*|2.8 Clinical Service:CWE*|2.8 Reason Text:ST*|2.8 Number \
        of Authorized Treatments Units:CQ*|2.8 Number of Used Treatments Units:CQ*|2.8 Number of Schedule \
        Treatments Units:CQ*|2.8 Encounter Type:CWE*|2.8 Remaining Benefit Amount:MO*|2.8 Authorized \
        Provider:XON*|2.8 Authorized Health Professional:XCN*|2.8 Source Text:ST*|2.8 Source Date:DTM*|2.8 Source \
        Phone:XTN*|2.8 Comment:ST*|2.8 Action Code:ID*
        BHS 2.1 Batch Header|Batch Field Separator:ST!|Batch Encoding Characters:ST!|Batch Sending \
        Application:ST>2.5 :HD|Batch Sending Facility:ST>2.5 :HD|Batch Receiving Application:ST>2.5 :HD|Batch \
        Receiving Facility:ST>2.5 :HD|Batch Creation Date/Time:TS>2.6 :DTM|Batch Security:ST|Batch Name ID \
        Type:ST|Batch Comment:ST|Batch Control ID:ST|Reference Batch Control ID:ST|2.6 Batch Sending Network \
        Address:HD|2.6 Batch Receiving Network Address:HD
        BLC 2.4 Blood Code|Blood Product Code:CE>2.6 :CWE|Blood Amount:CQ
        BLG 2.1 Billing|When to Charge:CM>2.3.1 :CCD|Charge Type:ID|Account ID:CM>2.2 :CK>2.3 :CK>2.3.1 :CX|2.5 \
        Charge Type Reason:CWE
        BPO 2.5 Blood Product Order|Set ID BPO:SI!|Bp Universal Service Identifier:CWE!|Bp Processing \
        Requirements:CWE*|Bp Quantity:NM!|Bp Amount:NM|Bp Units:CE>2.6 :CWE|Bp Intended Use Date/Time:TS>2.6 :DTM|\
        Bp Intended Dispense from Location:PL|Bp Intended Dispense from Address:XAD|Bp Requested Dispense \
        Date/Time:TS>2.6 :DTM|Bp Requested Dispense to Location:PL|Bp Requested Dispense to Address:XAD|Bp \
        Indication for Use:CWE*|Bp Informed Consent Indicator:ID
        BPX 2.5 Blood Product Dispense Status|Set ID BPX:SI!|Bp Dispense Status:CWE!|Bp Status:ID!|Bp Date/Time of \
        Status:TS>2.6 :DTM!|Bc Donation ID:EI|Bc Component:CNE|Bc Donation Type Intended Use:CNE|Cp Commercial \
        Product:CWE|Cp Manufacturer:XON|Cp Lot Number:EI|Bp Blood Group:CNE|Bc Special Testing:CNE*|Bp Expiration \
        Date/Time:TS>2.6 :DTM|Bp Quantity:NM!|Bp Amount:NM|Bp Units:CE>2.6 :CWE|Bp Unique ID:EI|Bp Actual \
        Dispensed to Location:PL|Bp Actual Dispensed to Address:XAD|Bp Dispensed to Receiver:XCN|Bp Dispensing \
        Individual:XCN
        BTS 2.1 Batch Trailer|Batch Message Count:ST|Batch Comment:ST|Batch Totals:CM>2.3 :NM*
        BTX 2.5 Blood Product Transfusion/Disposition|Set ID BTX:SI!|Bc Donation ID:EI|Bc Component:CNE|Bc Blood \
        Group:CNE|Cp Commercial Product:CWE|Cp Manufacturer:XON|Cp Lot Number:EI|Bp Quantity:NM!|Bp Amount:NM|Bp \
        Units:CE>2.6 :CWE|Bp Transfusion Disposition Status:CWE!|Bp Message Status:ID!|Bp Date/Time of \
        Status:TS>2.6 :DTM!|Bp Transfusion Administrator:XCN|Bp Transfusion Verifier:XCN|Bp Transfusion Start \
        Date/Time of Status:TS>2.6 :DTM|Bp Transfusion End Date/Time of Status:TS>2.6 :DTM|Bp Adverse Reaction \
        Type:CWE*|Bp Transfusion Interrupted Reason:CWE|2.8 Bp Unique ID:EI
        BUI 2.8 Blood Unit Information|Set ID BUI:SI*|Blood Unit Identifier:EI!*|Blood Unit Type:CWE!*|Blood Unit \
        Weight:NM!*|Weight Units:CNE!*|Blood Unit Volume:NM!*|Volume Units:CNE!*|Container Catalog Number:ST!*|\
        Container Lot Number:ST!*|Container Manufacturer:XON!*|Transport Temperature:NR!*|Transport Temperature \
        Units:CNE!*
        CDM 2.3 Charge Description Master|Primary Key Value CDM:CE>2.6 :CWE!|Charge Code Alias:CE>2.6 :CWE*|Charge \
        Description Short:ST!|Charge Description Long:ST|Description Override Indicator:ID>2.3.1 :IS>2.7 :CWE|\
        Exploding Charges:CE>2.6 :CWE*|Procedure Code:CE>2.6 :CNE*|Active Inactive Flag:ID|Inventory Number:CE>2.6 \
        :CWE*|Resource Load:NM|Contract Number:CK>2.5 :CX*|Contract Organization:XON*|Room Fee Indicator:ID
        CDO 2.8 Cumulative Dosage|Set ID CDO:SI|Action Code:ID|Cumulative Dosage Limit:CQ|Cumulative Dosage Limit \
        Time Interval:CQ
        CER 2.5 Certificate Detail|Set ID CER:SI!|Serial Number:ST|Version:ST|Granting Authority:XON|Issuing \
        Authority:XCN|Signature:ED|Granting Country:ID|Granting State Province:CWE|Granting County Parish:CWE|\
        Certificate Type:CWE|Certificate Domain:CWE|Subject ID:ID>2.7 :EI|Subject Name:ST!|Subject Directory \
        Attribute Extension:CWE*|Subject Public Key Info:CWE|Authority Key Identifier:CWE|Basic Constraint:ID|Crl \
        Distribution Point:CWE*|Jurisdiction Country:ID|Jurisdiction State Province:CWE|Jurisdiction County \
        Parish:CWE|Jurisdiction Breadth:CWE*|Granting Date:TS>2.6 :DTM|Issuing Date:TS>2.6 :DTM|Activation \
        Date:TS>2.6 :DTM|Inactivation Date:TS>2.6 :DTM|Expiration Date:TS>2.6 :DTM|Renewal Date:TS>2.6 :DTM|\
        Revocation Date:TS>2.6 :DTM|Revocation Reason Code:CE>2.6 :CWE|Certificate Status Code:CWE
        CM0 2.3 Clinical Study Master|Set ID CM0:SI|Sponsor Study ID:EI!|Alternate Study ID:CE>2.3.1 :EI*|Title of \
        Study:ST!|Chairman of Study:XCN*|Last Irb Approval Date:DT|Total Accrual to Date:NM|Last Accrual Date:DT|\
        Contact for Study:XCN*|Contact's Telephone Number:XTN|Contact's Address:XAD*
        CM1 2.3 Clinical Study Phase Master|Set ID CM1:SI!|Study Phase Identifier:CE>2.6 :CWE!|Description of \
        Study Phase:ST!
        CM2 2.3 Clinical Study Schedule Master|Set ID CM2:SI|Scheduled Time Point:CE>2.6 :CWE!|Description of Time \
        Point:ST|Events Scheduled This Time Point:CE>2.6 :CWE!*
        CNS 2.4 Clear Notification|Starting Notification Reference Number:NM|Ending Notification Reference \
        Number:NM|Starting Notification Date/Time:TS>2.6 :DTM|Ending Notification Date/Time:TS>2.6 :DTM|Starting \
        Notification Code:CE>2.6 :CWE|Ending Notification Code:CE>2.6 :CWE
        CON 2.5 Consent|Set ID CON:SI!|Consent Type:CWE|Consent Form ID and Version:ST|Consent Form Number:EI|\
        Consent Text:FT*|Subject Specific Consent Text:FT*|Consent Background Information:FT*|Subject Specific \
        Consent Background Text:FT*|Consenter Imposed Limitations:FT*|Consent Mode:CNE|Consent Status:CNE!|Consent \
        Discussion Date/Time:TS>2.6 :DTM|Consent Decision Date/Time:TS>2.6 :DTM|Consent Effective Date/Time:TS>2.6 \
        :DTM|Consent End Date/Time:TS>2.6 :DTM|Subject Competence Indicator:ID|Translator Assistance Indicator:ID|\
        Language Translated to:ID>2.6 :CWE|Informational Material Supplied Indicator:ID|Consent Bypass Reason:CWE|\
        Consent Disclosure Level:ID|Consent Non Disclosure Reason:CWE|Non Subject Consenter Reason:CWE|Consenter \
        ID:XPN!*|Relationship to Subject:IS>2.7 :CWE!*
        CSP 2.3 Clinical Study Phase|Study Phase Identifier:CE>2.6 :CWE!|Date/Time Study Phase Began:TS>2.6 :DTM!|\
        Date/Time Study Phase Ended:TS>2.6 :DTM|Study Phase Evaluability:CE>2.6 :CWE
        CSR 2.3 Clinical Study Registration|Sponsor Study ID:EI!|Alternate Study ID:EI|Institution Registering the \
        Patient:CE>2.6 :CWE|Sponsor Patient ID:CX!|Alternate Patient ID CSR:CX|Date/Time of Patient Study \
        Registration:TS>2.6 :DTM!|Person Performing Study Registration:XCN*|Study Authorizing Provider:XCN!*|\
        Date/Time Patient Study Consent Signed:TS>2.6 :DTM|Patient Study Eligibility Status:CE>2.6 :CWE|Study \
        Randomization Date/Time:TS>2.6 :DTM*|Randomized Study Arm:CE>2.6 :CWE*|Stratum for Study \
        Randomization:CE>2.6 :CWE*|Patient Evaluability Status:CE>2.6 :CWE|Date/Time Ended Study:TS>2.6 :DTM|\
        Reason Ended Study:CE>2.6 :CWE
        CSS 2.3 Clinical Study Data Schedule|Study Scheduled Time Point:CE>2.6 :CWE!|Study Scheduled Patient Time \
        Point:TS>2.6 :DTM|Study Quality Control Codes:CE>2.6 :CWE*
        CTD 2.3 Contact Data|Contact Role:CE>2.6 :CWE!*|Contact Name:XPN*|Contact Address:XAD*|Contact \
        Location:PL|Contact Communication Information:XTN*|Preferred Method of Contact:CE>2.6 :CWE|Contact \
        Identifiers:CM>2.3.1 :PI>2.5 :PLN*
        CTI 2.3 Clinical Trial Identification|Sponsor Study ID:EI!|Study Phase Identifier:CE>2.6 :CWE|Study \
        Scheduled Time Point:CE>2.6 :CWE
        DB1 2.3 Disability|Set ID DB1:SI!|Disabled Person Code:IS>2.7 :CWE|Disabled Person Identifier:CX*|\
        Disability Indicator:ID|Disability Start Date:DT|Disability End Date:DT|Disability Return to Work Date:DT|\
        Disability Unable to Work Date:DT
        DG1 2.1 Diagnosis|Set ID:SI!|Diagnosis Coding Method:ID>2.6 :-|Diagnosis Code:ID>2.3 :CE>2.6 :CWE|\
        Diagnosis Description:ST>2.6 :-|Diagnosis Date/Time:TS>2.6 :DTM|Diagnosis Type:ID>2.3 :IS>2.7 :CWE!|Major \
        Diagnostic Category:ST>2.2 :CE>2.7 :-|Diagnostic Related Group:ID>2.3 :CE>2.7 :-|DRG Approval \
        Indicator:ID>2.7 :-|DRG Grouper Review Code:ID>2.3 :IS>2.7 :-|Outlier Type:ID>2.3 :CE>2.7 :-|Outlier \
        Days:NM>2.7 :-|Outlier Cost:NM>2.3 :CP>2.7 :-|Grouper Version And Type:ST>2.7 :-|2.2 Diagnosis \
        Priority:NM>2.3.1 :ID>2.7 :NM|2.2 Diagnosing Clinician:CN>2.3 :XCN*|2.3 Diagnosis Classification:IS>2.7 \
        :CWE|2.3 Confidential Indicator:ID|2.3 Attestation Date/Time:TS>2.6 :DTM|2.5 Diagnosis Identifier:EI|2.5 \
        Diagnosis Action Code:ID|2.6 Parent Diagnosis:EI|2.6 DRG CCL Value Code:CWE|2.6 DRG Grouping Usage:ID|2.6 \
        DRG Diagnosis Determination Status:IS>2.7 :CWE|2.6 Present On Admission (POA) Indicator:IS>2.7 :CWE
        DMI 2.6 DRG Master File Information|Diagnostic Related Group:CNE|Major Diagnostic Category:CNE|Lower and \
        Upper Trim Points:NR|Average Length of Stay:NM|Relative Weight:NM
        DON 2.8 Donation|Donation Identification Number Din:EI*|Donation Type:CNE*|Phlebotomy Start \
        Date/Time:DTM!*|Phlebotomy End Date/Time:DTM!*|Donation Duration:NM!*|Donation Duration Units:CNE!*|\
        Intended Procedure Type:CNE!*|Actual Procedure Type:CNE!*|Donor Eligibility Flag:ID!*|Donor Eligibility \
        Procedure Type:CNE!*|Donor Eligibility Date:DTM!*|Process Interruption:CNE!*|Process Interruption \
        Reason:CNE!*|Phlebotomy Issue:CNE!*|Intended Recipient Blood Relative:ID!*|Intended Recipient Name:XPN!*|\
        Intended Recipient DOB:DTM!*|Intended Recipient Facility:XON!*|Intended Recipient Procedure Date:DTM!*|\
        Intended Recipient Ordering Provider:XPN!*|Phlebotomy Status:CNE!*|Arm Stick:CNE!*|Bleed Start \
        Phlebotomist:XPN!*|Bleed End Phlebotomist:XPN!*|Aphaeresis Type Machine:ST!*|Aphaeresis Machine Serial \
        Number:ST!*|Donor Reaction:ID!*|Final Review Staff ID:XPN!*|Final Review Date/Time:DTM!*|Number of Tubes \
        Collected:NM!*|Donation Sample Identifier:EI!*|Donation Accept Staff:XCN!*|Donation Material Review \
        Staff:XCN!*
        DPS 2.8.2 Diagnosis and Procedure Code|Diagnosis Code MCP:CWE!|Procedure Code:CWE!*|Effective \
        Date/Time:DTM|Expiration Date/Time:DTM|Type of Limitation:CNE
        DRG 2.3 Diagnosis Related Group|Diagnostic Related Group:CE>2.6 :CNE|DRG Assigned Date/Time:TS>2.6 :DTM|\
        DRG Approval Indicator:ID|DRG Grouper Review Code:IS>2.7 :CWE|Outlier Type:CE>2.6 :CWE|Outlier Days:NM|\
        Outlier Cost:CP|DRG Payor:IS>2.7 :CWE|Outlier Reimbursement:CP|Confidential Indicator:ID|2.4 DRG Transfer \
        Type:IS>2.7 :CWE|2.6 Name of Coder:XPN|2.6 Grouper Status:CWE|2.6 Pccl Value Code:CWE|2.6 Effective \
        Weight:NM|2.6 Monetary Amount:MO|2.6 Status Patient:IS>2.7 :CWE|2.6 Grouper Software Name:ST|2.6 Grouper \
        Software Version:ST|2.6 Status Financial Calculation:IS>2.7 :CWE|2.6 Relative Discount Surcharge:MO|2.6 \
        Basic Charge:MO|2.6 Total Charge:MO|2.6 Discount Surcharge:MO|2.6 Calculated Days:NM|2.6 Status \
        Gender:IS>2.7 :CWE|2.6 Status Age:IS>2.7 :CWE|2.6 Status Length of Stay:IS>2.7 :CWE|2.6 Status Same Day \
        Flag:IS>2.7 :CWE|2.6 Status Separation Mode:IS>2.7 :CWE|2.6 Status Weight at Birth:IS>2.7 :CWE|2.6 Status \
        Respiration Minutes:IS>2.7 :CWE|2.6 Status Admission:IS>2.7 :CWE
        DSC 2.1 Continuation Pointer|Continuation Pointer:ST|2.4 Continuation Style:ID
        DSP 2.1 Display Data|Set ID DSP:SI|Display Level:SI|Data Line:TX!|Logical Break Point:ST|Result ID:TX
        ECD 2.4 Equipment Command|Reference Command Number:NM!|Remote Control Command:CE>2.6 :CWE!|Response \
        Required:ID|Requested Completion Time:TQ>2.7 :-|Parameters:ST>2.5 :TX*
        ECR 2.4 Equipment Command Response|Command Response:CE>2.6 :CWE!|Date/Time Completed:TS>2.6 :DTM!|Command \
        Response Parameters:ST>2.5 :TX*
        EDU 2.4 Educational Detail|Set ID EDU:SI!|Academic Degree:IS>2.7 :CWE|Academic Degree Program Date \
        Range:DR|Academic Degree Program Participation Date Range:DR|Academic Degree Granted Date:DT|School:XON|\
        School Type Code:CE>2.6 :CWE|School Address:XAD|2.5 Major Field of Study:CWE*
        EQL 2.3 Embedded Query Language|Query Tag:ST|Query Response Format Code:ID!|EQL Query Name:CE!|EQL Query \
        Statement:ST!
        EQP 2.4 Equipment/Log Service|Event Type:CE>2.6 :CWE!|File Name:ST|Start Date/Time:TS>2.6 :DTM!|End \
        Date/Time:TS>2.6 :DTM|Transaction Data:FT!
        EQU 2.4 Equipment Detail|Equipment Instance Identifier:EI!|Event Date/Time:TS>2.6 :DTM!|Equipment \
        State:CE>2.6 :CWE|Local Remote Control State:CE>2.6 :CWE|Alert Level:CE>2.6 :CWE
        ERQ 2.3 Event Replay Query|Query Tag:ST|Event Identifier:CE!|Input Parameter List:QIP*
        ERR 2.1 Error|Error Code and Location:ID>2.2 :CM>2.3.1 :ELD>2.7 :-*|2.5 Error Location:ERL*|2.5 HL7 Error \
        Code:CWE!|2.5 Severity:ID!|2.5 Application Error Code:CWE|2.5 Application Error Parameter:ST*|2.5 \
        Diagnostic Information:TX|2.5 User Message:TX|2.5 Inform Person Indicator:IS>2.7 :CWE*|2.5 Override \
        Type:CWE|2.5 Override Reason Code:CWE*|2.5 Help Desk Contact Point:XTN*
        EVN 2.1 Event Type|Event Type Code:ID>2.7 :-|Recorded Date/Time:TS>2.6 :DTM!|Date/Time Planned \
        Event:TS>2.6 :DTM|Event Reason Code:ID>2.3.1 :IS>2.7 :CWE|2.2 Operator ID:ID>2.3 :CN>2.3.1 :XCN*|2.3 Event \
        Occurred:TS>2.6 :DTM|2.4 Event Facility:HD
        FAC 2.3 Facility|Facility ID FAC:EI!|Facility Type:ID|Facility Address:XAD!*|Facility \
        Telecommunication:XTN!|Contact Person:XCN*|Contact Title:ST*|Contact Address:XAD*|Contact \
        Telecommunication:XTN*|Signature Authority:XCN!*|Signature Authority Title:ST|Signature Authority \
        Address:XAD*|Signature Authority Telecommunication:XTN
        FHS 2.1 File Header|File Field Separator:ST!|File Encoding Characters:ST!|File Sending Application:ST>2.5 \
        :HD|File Sending Facility:ST>2.5 :HD|File Receiving Application:ST>2.5 :HD|File Receiving Facility:ST>2.5 \
        :HD|File Creation Date/Time:TS>2.6 :DTM|File Security:ST|File Name ID:ST|File Header Comment:ST|File \
        Control ID:ST|Reference File Control ID:ST|2.6 File Sending Network Address:HD|2.6 File Receiving Network \
        Address:HD
        FT1 2.1 Financial Transaction|Set ID Financial Transaction:SI>2.3.1 Set ID FT1:SI|Transaction ID:ST|\
        Transaction Batch ID:ST|Transaction Date:DT>2.3 :TS>2.5 :DR!|Transaction Posting Date:DT>2.3 :TS>2.6 :DTM|\
        Transaction Type:ID>2.3.1 :IS>2.7 :CWE!|Transaction Code:ID>2.2 :CE>2.6 :CWE!|Transaction \
        Description:ST>2.7 :-|Transaction Description Alt:ST>2.7 :-|Transaction Quantity:NM|Transaction Amount \
        Extended:NM>2.3 :CP|Transaction Amount Unit:NM>2.3 :CP|Department Code:ST>2.2 :CE>2.6 :CWE|Health Plan \
        ID:ID>2.3 :CE>2.6 :CWE|Insurance Amount:NM>2.3 :CP|Assigned Patient Location:ST>2.2 :CM>2.3 :PL|Fee \
        Schedule:ID>2.3.1 :IS>2.7 :CWE|Patient Type:ID>2.3.1 :IS>2.7 :CWE|Diagnosis Code FT1:ID>2.2 :CE>2.6 :CWE*|\
        Performed by Code:CN>2.3 :XCN*|Ordered by Code:CN>2.3 :XCN*|Unit Cost:NM>2.3.1 :CP|2.2 Filler Order \
        Number:CM>2.3 :EI|2.3 Entered by Code:XCN*|2.3 Procedure Code:CE>2.6 :CNE|2.3.1 Procedure Code \
        Modifier:CE>2.6 :CNE*|2.5 Advanced Beneficiary Notice Code:CE>2.6 :CWE|2.5 Medically Necessary Duplicate \
        Procedure Reason:CWE|2.5 NDC Code:CNE>2.6 :CWE|2.5 Payment Reference ID:CX|2.5 Transaction Reference \
        Key:SI*|2.7 Performing Facility:XON*|2.7 Ordering Facility:XON|2.7 Item Number:CWE|2.7 Model Number:ST|2.7 \
        Special Processing Code:CWE*|2.7 Clinic Code:CWE|2.7 Referral Number:CX|2.7 Authorization Number:CX|2.7 \
        Service Provider Taxonomy Code:CWE|2.7 Revenue Code:CWE|2.7 Prescription Number:ST|2.7 NDC Qty and Uom:CQ
        FTS 2.1 File Trailer|File Batch Count:ST>2.2 :NM|File Trailer Comment:ST
        """
}
