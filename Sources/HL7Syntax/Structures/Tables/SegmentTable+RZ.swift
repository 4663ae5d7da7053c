extension SegmentTable {
    /// Segments R to Z; see `SegmentTable` for how a row reads.
    static let rToZ = """
        RCP 2.4 Response Control Parameter|Query Priority:ID|Quantity Limited Request:CQ|Response Modality:CE>2.6 \
        :CNE|Execution and Delivery Time:TS>2.6 :DTM|Modify Indicator:ID|Sort by Field:SRT*|Segment Group \
        Inclusion:ID*
        RDF 2.3 Table Row Definition|Number of Columns per Row:NM!|Column Description:RCD!*
        RDT 2.3 Table Row Data|Column Value:varies!
        REL 2.6 Clinical Relationship|Set ID REL:SI|Relationship Type:CWE!|This Relationship Instance \
        Identifier:EI!|Source Information Instance Identifier:EI!|Target Information Instance Identifier:EI!|\
        Asserting Entity Instance ID:EI|Asserting Person:XCN|Asserting Organization:XON|Assertor Address:XAD|\
        Assertor Contact:XTN|Assertion Date Range:DR|Negation Indicator:ID|Certainty of Relationship:CWE|Priority \
        No:NM|Priority Sequence No REL Preference for Consideration:NM|Separability Indicator:ID
        RF1 2.3 Referral Information|Referral Status:CE>2.6 :CWE|Referral Priority:CE>2.6 :CWE|Referral \
        Type:CE>2.6 :CWE|Referral Disposition:CE>2.6 :CWE*|Referral Category:CE>2.6 :CWE|Originating Referral \
        Identifier:EI!|Effective Date:TS>2.6 :DTM|Expiration Date:TS>2.6 :DTM|Process Date:TS>2.6 :DTM|Referral \
        Reason:CE>2.6 :CWE*|External Referral Identifier:EI*|2.6 Referral Documentation Completion Status:CWE|2.8 \
        Planned Treatment Stop Date:DTM*|2.8 Referral Reason Text:ST*|2.8 Number of Authorized Treatments \
        Units:CQ*|2.8 Number of Used Treatments Units:CQ*|2.8 Number of Schedule Treatments Units:CQ*|2.8 \
        Remaining Benefit Amount:MO*|2.8 Authorized Provider:XON*|2.8 Authorized Health Professional:XCN*|2.8 \
        Source Text:ST*|2.8 Source Date:DTM*|2.8 Source Phone:XTN*|2.8 Comment:ST*|2.8 Action Code:ID*
        RFI 2.6 Request for Information|Request Date:DTM!|Response Due Date:DTM!|Patient Consent:ID|Date \
        Additional Information Was Submitted:DTM
        RGS 2.3 Resource Group|Set ID RGS:SI!|Segment Action Code:ID|Resource Group ID:CE>2.6 :CWE
        RMI 2.4 Risk Management Incident|Risk Management Incident Code:CE>2.6 :CWE|Date/Time Incident:TS>2.6 :DTM|\
        Incident Type Code:CE>2.6 :CWE
        ROL 2.3 Role|Role Instance ID:EI|Action Code:ID!|Role-ROL:CE>2.6 :CWE!|Role Person:XCN!*|Role Begin \
        Date/Time:TS>2.6 :DTM|Role End Date/Time:TS>2.6 :DTM|Role Duration:CE>2.6 :CWE|Role Action Reason:CE>2.6 \
        :CWE|2.4 Provider Type:CE>2.6 :CWE*|2.4 Organization Unit Type:CE>2.6 :CWE|2.4 Office/Home \
        Address/Birthplace:XAD*|2.4 Phone:XTN*|2.6 Person's Location:PL|2.7 Organization:XON
        RQ1 2.2 Requisition Detail 1|Anticipated Price:SI>2.3 :ST|Manufacturer Identifier:CE>2.6 :CWE|\
        Manufacturer's Catalog:ST|Vendor ID:CE>2.6 :CWE|Vendor Catalog:ST|Taxable:ID|Substitute Allowed:ID
        RQD 2.2 Requisition Detail|Requisition Line Number:SI|Item Code Internal:CE>2.6 :CWE|Item Code \
        External:CE>2.6 :CWE|Hospital Item Code:CE>2.6 :CWE|Requisition Quantity:NM|Requisition Unit of \
        Measure:CE>2.6 :CWE|Cost Center Account Number:ID>2.3.1 :IS>2.7 :CX|Item Natural Account Code:ID>2.3.1 \
        :IS>2.7 :CWE|Deliver to ID:CE>2.6 :CWE|Date Needed:DT
        RX1 2.1 Pharmacy Order|Unused:ST|Unused Number 2:ST|Route:ST|Site Administered:ST|IV Evolution Rate:CQ|\
        Drug Strength:CQ|Final Concentration:NM|Final Volume in Ml:NM|Drug Dose:CM|Drug Role:ID|Prescription \
        Sequence Number:NM|Quantity Dispensed:CQ|Unused Number 3:ST|Drug ID:CE|Component Drug Ids:ID*|Prescription \
        Type:ID|Substitution Status:ID|Rx Order Status:ID|Number of Refills:NM|Unused Number 4:ST|Refills \
        Remaining:NM|DEA Class:ID|Ordering Md's DEA Number:NM|Unused Number 5:ST|Last Refill Date/Time:CE|Rx \
        Number:ST|Prn Status:ID|Pharmacy Instructions:TX*|Patient Instructions:TX*|CE:TX*
        RXA 2.2 Pharmacy/Treatment Administration|Give Sub-ID Counter:NM>2.3 :ID>2.3.1 :NM!|Administration Sub-ID \
        Counter:NM!|Date/Time Start of Administration:TS>2.6 :DTM!|Date/Time End of Administration:TS>2.6 :DTM!|\
        Administered Code:CE>2.6 :CWE!|Administered Amount:NM!|Administered Units:CE>2.6 :CWE|Administered Dosage \
        Form:CE>2.6 :CWE|Administration Notes:ST>2.3 :CE>2.6 :CWE*|Administering Provider:CN>2.3 :XCN*|\
        Administered-at Location:CM>2.3.1 :LA2|Administered Per (Time Unit):ST|2.3 Administered Strength:NM|2.3 \
        Administered Strength Units:CE>2.6 :CWE|2.3 Substance Lot Number:ST*|2.3 Substance Expiration Date:TS>2.6 \
        :DTM*|2.3 Substance Manufacturer Name:CE>2.6 :CWE*|2.3 Substance/Treatment Refusal Reason:CE>2.6 :CWE*|2.3 \
        Indication:CE>2.6 :CWE*|2.3 Completion Status:ID|2.3 Action Code - RXA:ID|2.3 System Entry \
        Date/Time:TS>2.6 :DTM|2.5 Administered Drug Strength Volume:NM|2.5 Administered Drug Strength Volume \
        Units:CWE|2.5 Administered Barcode Identifier:CWE|2.5 Pharmacy Order Type:ID|2.6 Administer-at:PL|2.6 \
        Administered-at Address:XAD|2.8 Administered Tag Identifier:EI*
        RXC 2.2 Pharmacy/Treatment Component Order|Rx Component Type:ID!|Component Code:CE>2.6 :CWE!|Component \
        Amount:NM!|Component Units:CE>2.6 :CWE!|2.3 Component Strength:NM|2.3 Component Strength Units:CE>2.6 \
        :CWE|2.4 Supplementary Code:CE>2.6 :CWE*|2.5 Component Drug Strength Volume:NM|2.5 Component Drug Strength \
        Volume Units:CWE|2.8 Dispense Amount:NM|2.8 Dispense Units:CWE
        RXD 2.2 Pharmacy/Treatment Dispense|Dispense Sub ID Counter:NM!|Dispense Give Code:CE>2.6 :CWE!|Date/Time \
        Dispensed:TS>2.6 :DTM!|Actual Dispense Amount:NM!|Actual Dispense Units:CE>2.6 :CWE|Actual Dosage \
        Form:CE>2.6 :CWE|Prescription Number:ST!|Number of Refills Remaining:NM|Dispense Notes:ST>2.3 :CE>2.3.1 \
        :ST*|Dispensing Provider:CN>2.3 :XCN*|Substitution Status:ID|Total Daily Dose:CQ|Dispense to \
        Location:CM>2.3.1 :LA2|Needs Human Review:ID|Special Dispensing Instructions:CE>2.6 :CWE*|2.3 Actual \
        Strength:NM|2.3 Actual Strength Unit:CE>2.6 :CWE|2.3 Substance Lot Number:ST*|2.3 Substance Expiration \
        Date:TS>2.6 :DTM*|2.3 Substance Manufacturer Name:CE>2.6 :CWE*|2.3 Indication:CE>2.6 :CWE*|2.3 Dispense \
        Package Size:NM|2.3 Dispense Package Size Unit:CE>2.6 :CWE|2.3 Dispense Package Method:ID|2.4 \
        Supplementary Code:CE>2.6 :CWE*|2.4 Initiating Location:CE>2.6 :CWE|2.4 Packaging Assembly Location:CE>2.6 \
        :CWE|2.5 Actual Drug Strength Volume:NM|2.5 Actual Drug Strength Volume Units:CWE|2.5 Dispense to \
        Pharmacy:CWE|2.5 Dispense to Pharmacy Address:XAD|2.5 Pharmacy Order Type:ID|2.5 Dispense Type:CWE|2.7 \
        Pharmacy Phone Number:XTN*|2.8 Dispense Tag Identifier:EI*
        RXE 2.2 Pharmacy/Treatment Encoded Order|Quantity Timing:TQ>2.7 :-|Give Code:CE>2.6 :CWE!|Give Amount \
        Minimum:NM!|Give Amount Maximum:NM|Give Units:CE>2.6 :CWE!|Give Dosage Form:CE>2.6 :CWE|Provider's \
        Administration Instructions:CE>2.6 :CWE*|Deliver to Location:CM>2.3.1 :LA1>2.7 :-|Substitution Status:ID|\
        Dispense Amount:NM|Dispense Units:CE>2.6 :CWE|Number of Refills:NM|Ordering Provider's DEA Number:CN>2.3.1 \
        :XCN*|Pharmacist Treatment Supplier's Verifier ID:CN>2.3.1 :XCN*|Prescription Number:ST|Number of Refills \
        Remaining:NM|Number of Refills Doses Dispensed:NM|D T of Most Recent Refill or Dose Dispensed:TS>2.6 :DTM|\
        Total Daily Dose:CQ|Needs Human Review:ID|Special Dispensing Instructions:CE>2.6 :CWE*|Give per Time \
        Unit:ST|Give Rate Amount:CE>2.3 :ST|Give Rate Units:CE>2.6 :CWE|2.3 Give Strength:NM|2.3 Give Strength \
        Units:CE>2.6 :CWE|2.3 Give Indication:CE>2.6 :CWE*|2.3 Dispense Package Size:NM|2.3 Dispense Package Size \
        Unit:CE>2.6 :CWE|2.3 Dispense Package Method:ID|2.4 Supplementary Code:CE>2.6 :CWE*|2.5 Original Order \
        Date/Time:TS>2.6 :DTM|2.5 Give Drug Strength Volume:NM|2.5 Give Drug Strength Volume Units:CWE|2.5 \
        Controlled Substance Schedule:CWE|2.5 Formulary Status:ID|2.5 Pharmaceutical Substance Alternative:CWE*|\
        2.5 Pharmacy of Most Recent Fill:CWE|2.5 Initial Dispense Amount:NM|2.5 Dispensing Pharmacy:CWE|2.5 \
        Dispensing Pharmacy Address:XAD|2.5 Deliver to Patient Location:PL|2.5 Deliver to Address:XAD|2.5 Pharmacy \
        Order Type:ID|2.7 Pharmacy Phone Number:XTN*
        RXG 2.2 Pharmacy/Treatment Give|Give Sub ID Counter:NM>2.3 :ID>2.3.1 :NM!|Dispense Sub ID Counter:NM|\
        Quantity Timing:TQ>2.7 :-|Give Code:CE>2.6 :CWE!|Give Amount Minimum:NM!|Give Amount Maximum:NM|Give \
        Units:CE>2.6 :CWE!|Give Dosage Form:CE>2.6 :CWE|Administration Notes:ST>2.3 :CE>2.6 :CWE*|Substitution \
        Status:ID|Dispense to Location:CM>2.3.1 :LA2|Needs Human Review:ID|Special Administration \
        Instructions:CE>2.6 :CWE*|Give per Time Unit:ST|Give Rate Amount:CE>2.3 :ST|Give Rate Units:CE>2.6 :CWE|\
        2.3 Give Strength:NM|2.3 Give Strength Units:CE>2.6 :CWE|2.3 Substance Lot Number:ST*|2.3 Substance \
        Expiration Date:TS>2.6 :DTM*|2.3 Substance Manufacturer Name:CE>2.6 :CWE*|2.3 Indication:CE>2.6 :CWE*|2.5 \
        Give Drug Strength Volume:NM|2.5 Give Drug Strength Volume Units:CWE|2.5 Give Barcode Identifier:CWE|2.5 \
        Pharmacy Order Type:ID|2.6 Dispense to Pharmacy:CWE|2.6 Dispense to Pharmacy Address:XAD|2.6 Deliver to \
        Patient Location:PL|2.6 Deliver to Address:XAD|2.8 Give Tag Identifier:EI*|2.8 Dispense Amount:NM|2.8 \
        Dispense Units:CWE
        RXO 2.2 Pharmacy/Treatment Order|Requested Give Code:CE>2.6 :CWE|Requested Give Amount - Minimum:NM|\
        Requested Give Amount - Maximum:NM|Requested Give Units:CE>2.6 :CWE|Requested Dosage Form:CE>2.6 :CWE|\
        Provider's Pharmacy/Treatment Instructions:CE>2.6 :CWE*|Provider's Administration Instructions:CE>2.6 \
        :CWE*|Deliver-To Location:CM>2.3.1 :LA1>2.8 :-|Allow Substitutions:ID|Requested Dispense Code:CE>2.6 :CWE|\
        Requested Dispense Amount:NM|Requested Dispense Units:CE>2.6 :CWE|Number Of Refills:NM|Ordering Provider's \
        DEA Number:CN>2.3.1 :XCN*|Pharmacist/Treatment Supplier's Verifier ID:CN>2.3.1 :XCN*|Needs Human \
        Review:ID|Requested Give Per (Time Unit):ST|2.3 Requested Give Strength:NM|2.3 Requested Give Strength \
        Units:CE>2.6 :CWE|2.3 Indication:CE>2.6 :CWE*|2.3 Requested Give Rate Amount:ST|2.3 Requested Give Rate \
        Units:CE>2.6 :CWE|2.3.1 Total Daily Dose:CQ|2.4 Supplementary Code:CE>2.6 :CWE*|2.5 Requested Drug \
        Strength Volume:NM|2.5 Requested Drug Strength Volume Units:CWE|2.5 Pharmacy Order Type:ID|2.5 Dispensing \
        Interval:NM|2.6 Medication Instance Identifier:EI|2.6 Segment Instance Identifier:EI|2.6 Mood Code:CNE|2.6 \
        Dispensing Pharmacy:CWE|2.6 Dispensing Pharmacy Address:XAD|2.6 Deliver-to Patient Location:PL|2.6 \
        Deliver-to Address:XAD|2.7 Pharmacy Phone Number:XTN*
        RXR 2.2 Pharmacy/Treatment Route|Route:CE>2.6 :CWE!|Administration Site:CE>2.5 :CWE|Administration \
        Device:CE>2.6 :CWE|Administration Method:CE>2.5 :CWE|2.3.1 Routing Instruction:CE>2.6 :CWE|2.5 \
        Administration Site Modifier:CWE
        RXV 2.8 Pharmacy/Treatment Infusion|Set ID RXV:SI|Bolus Type:ID!|Bolus Dose Amount:NM|Bolus Dose Amount \
        Units:CWE|Bolus Dose Volume:NM|Bolus Dose Volume Units:CWE|Pca Type:ID!|Pca Dose Amount:NM|Pca Dose Amount \
        Units:CWE|Pca Dose Amount Volume:NM|Pca Dose Amount Volume Units:CWE|Max Dose Amount:NM|Max Dose Amount \
        Units:CWE|Max Dose Amount Volume:NM|Max Dose Amount Volume Units:CWE|Max Dose per Time:CQ!|Lockout \
        Interval:CQ|Syringe Manufacturer:CWE|Syringe Model Number:CWE|Syringe Size:NM|Syringe Size Units:CWE|\
        Action Code:ID
        SAC 2.4 Specimen Container Detail|External Accession Identifier:EI|Accession Identifier:EI|Container \
        Identifier:EI|Primary Parent Container Identifier:EI|Equipment Container Identifier:EI|Specimen \
        Source:SPS>2.7 :-|Registration Date/Time:TS>2.6 :DTM|Container Status:CE>2.6 :CWE|Carrier Type:CE>2.6 \
        :CWE|Carrier Identifier:EI|Position in Carrier:NA|Tray Type SAC:CE>2.6 :CWE|Tray Identifier:EI|Position in \
        Tray:NA|Location:CE>2.6 :CWE*|Container Height:NM|Container Diameter:NM|Barrier Delta:NM|Bottom Delta:NM|\
        Container Height Diameter Delta Units:CE>2.6 :CWE|Container Volume:NM|Available Specimen Volume:NM|Initial \
        Specimen Volume:NM|Volume Units:CE>2.6 :CWE|Separator Type:CE>2.6 :CWE|Cap Type:CE>2.6 :CWE|\
        Additive:CE>2.5 :CWE*|Specimen Component:CE>2.6 :CWE|Dilution Factor:SN|Treatment:CE>2.6 :CWE|\
        Temperature:SN|Hemolysis Index:NM|Hemolysis Index Units:CE>2.6 :CWE|Lipemia Index:NM|Lipemia Index \
        Units:CE>2.6 :CWE|Icterus Index:NM|Icterus Index Units:CE>2.6 :CWE|Fibrin Index:NM|Fibrin Index \
        Units:CE>2.6 :CWE|System Induced Contaminants:CE>2.6 :CWE*|Drug Interference:CE>2.6 :CWE*|Artificial \
        Blood:CE>2.6 :CWE|Special Handling Code:CE>2.5 :CWE*|Other Environmental Factors:CE>2.6 :CWE*
        SCD 2.6 Anti-Microbial Cycle Data|Cycle Start Time:TM|Cycle Count:NM|Temp Max:CQ|Temp Min:CQ|Load \
        Number:NM|Condition Time:CQ|Sterilize Time:CQ|Exhaust Time:CQ|Total Cycle Time:CQ|Device Status:CWE|Cycle \
        Start Date/Time:DTM|Dry Time:CQ|Leak Rate:CQ|Control Temperature:CQ|Sterilizer Temperature:CQ|Cycle \
        Complete Time:TM|Under Temperature:CQ|Over Temperature:CQ|Abort Cycle:CNE|Alarm:CNE|Long in Charge \
        Phase:CNE|Long in Exhaust Phase:CNE|Long in Fast Exhaust Phase:CNE|Reset:CNE|Operator Unload:XCN|Door \
        Open:CNE|Reading Failure:CNE|Cycle Type:CWE|Thermal Rinse Time:CQ|Wash Time:CQ|Injection Rate:CQ|Procedure \
        Code:CNE|Patient Identifier List:CX*|Attending Doctor:XCN|Dilution Factor:SN|Fill Time:CQ|Inlet \
        Temperature:CQ
        SCH 2.3 Scheduling Activity Information|Placer Appointment ID:EI|Filler Appointment ID:EI|Occurrence \
        Number:NM|Placer Group Number:EI>2.8 :EIP|Schedule ID:CE>2.6 :CWE|Event Reason:CE>2.6 :CWE!|Appointment \
        Reason:CE>2.6 :CWE|Appointment Type:CE>2.6 :CWE|Appointment Duration:NM>2.7 :-|Appointment Duration \
        Units:CE>2.6 :CNE|Appointment Timing Quantity:TQ*|Placer Contact Person:XCN*|Placer Contact Phone \
        Number:XTN|Placer Contact Address:XAD*|Placer Contact Location:PL|Filler Contact Person:XCN!*|Filler \
        Contact Phone Number:XTN|Filler Contact Address:XAD*|Filler Contact Location:PL|Entered By Person:XCN!*|\
        Entered By Phone Number:XTN*|Entered By Location:PL|Parent Placer Appointment ID:EI|Parent Filler \
        Appointment ID:EI|Filler Status Code:CE>2.6 :CWE|2.4 Placer Order Number:EI*|2.4 Filler Order Number:EI*
        SCP 2.6 Sterilizer Configuration|Number of Decontamination Sterilization Devices:NM|Labor Calculation \
        Type:CWE|Date Format:CWE|Device Number:EI|Device Name:ST|Device Model Name:ST|Device Type:CWE|Lot \
        Control:CWE
        SDD 2.6 Sterilization Device Data|Lot Number:EI|Device Number:EI|Device Name:ST|Device Data State:IS>2.7 \
        :CWE|Load Status:IS>2.7 :CWE|Control Code:NM|Operator Name:ST
        SFT 2.5 Software|Software Vendor Organization:XON!|Software Certified Version or Release Number:ST!|\
        Software Product Name:ST!|Software Binary ID:ST!|Software Product Information:TX|Software Install \
        Date:TS>2.6 :DTM
        SGH 2.8 Segment Group Header|Set ID SGH:SI!|Segment Group Name:ST
        SGT 2.8 Segment Group Trailer|Set ID SGT:SI!|Segment Group Name:ST
        SHP 2.7 Shipment|Shipment ID:EI!*|Internal Shipment ID:EI*|Shipment Status:CWE*|Shipment Status \
        Date/Time:DTM!*|Shipment Status Reason:TX*|Shipment Priority:CWE*|Shipment Confidentiality:CWE*|Number of \
        Packages in Shipment:NM*|Shipment Condition:CWE*|Shipment Handling Code:CWE*|Shipment Risk Code:CWE*
        SID 2.4 Substance Identifier|Application Method Identifier:CE>2.6 :CWE|Substance Lot Number:ST|Substance \
        Container Identifier:ST|Substance Manufacturer Identifier:CE>2.6 :CWE
        SLT 2.6 Sterilization Lot|Device Number:EI|Device Name:ST|Lot Number:EI|Item Identifier:EI|Bar Code:ST
        SPM 2.5 Specimen|Set ID - SPM:SI|Specimen ID:EIP|Specimen Parent IDs:EIP*|Specimen Type:CWE!|Specimen Type \
        Modifier:CWE*|Specimen Additives:CWE*|Specimen Collection Method:CWE|Specimen Source Site:CWE|Specimen \
        Source Site Modifier:CWE*|Specimen Collection Site:CWE|Specimen Role:CWE*|Specimen Collection Amount:CQ|\
        Grouped Specimen Count:NM|Specimen Description:ST*|Specimen Handling Code:CWE*|Specimen Risk Code:CWE*|\
        Specimen Collection Date/Time:DR|Specimen Received Date/Time:TS>2.6 :DTM|Specimen Expiration \
        Date/Time:TS>2.6 :DTM|Specimen Availability:ID|Specimen Reject Reason:CWE*|Specimen Quality:CWE|Specimen \
        Appropriateness:CWE|Specimen Condition:CWE*|Specimen Current Quantity:CQ|Number of Specimen Containers:NM|\
        Container Type:CWE|Container Condition:CWE|Specimen Child Role:CWE|2.7 Accession ID:CX*|2.7 Other Specimen \
        ID:CX*|2.7 Shipment ID:EI*
        SPR 2.3 Stored Procedure Request Definition|Query Tag:ST|Query Response Format Code:ID!|Stored Procedure \
        Name:CE!|Input Parameter List:QIP*
        STF 2.2 Staff Identification|Primary Key Value STF:CE>2.6 :CWE|Staff Identifier List:CE>2.3.1 :CX*|Staff \
        Name:PN>2.3 :XPN*|Staff Type:ID>2.3.1 :IS>2.7 :CWE*|Administrative Sex:ID>2.3 :IS>2.7 :CWE|Date/Time of \
        Birth:TS>2.6 :DTM|Active Inactive Flag:ID|Department:CE>2.6 :CWE*|Hospital Service STF:CE>2.6 :CWE*|\
        Phone:TN>2.3.1 :XTN*|Office Home Address Birthplace:AD>2.3.1 :XAD*|Institution Activation Date:CM>2.3.1 \
        :DIN*|Institution Inactivation Date:CM>2.3.1 :DIN*|Backup Person ID:CE>2.6 :CWE*|E Mail Address:ST*|\
        Preferred Method of Contact:ID>2.3 :CE>2.6 :CWE|2.3 Marital Status:IS>2.3.1 :CE>2.6 :CWE|2.3 Job Title:ST|\
        2.3 Job Code Class:JCC|2.3 Employment Status Code:IS>2.4 :CE>2.6 :CWE|2.3 Additional Insured on Auto:ID|\
        2.3 Driver's License Number Staff:DLN|2.3 Copy Auto Ins:ID|2.3 Auto Ins Expires:DT|2.3 Date Last Dmv \
        Review:DT|2.3 Date Next Dmv Review:DT|2.4 Race:CE>2.6 :CWE|2.4 Ethnic Group:CE>2.6 :CWE|2.4 Re Activation \
        Approval Indicator:ID|2.5 Citizenship:CE>2.6 :CWE*|2.5 Death Date and Time:TS>2.6 Date/Time of Death:DTM|\
        2.5 Death Indicator:ID|2.5 Institution Relationship Type Code:CWE|2.5 Institution Relationship Period:DR|\
        2.5 Expected Return Date:DT|2.5 Cost Center Code:CWE*|2.5 Generic Classification Indicator:ID|2.5 Inactive \
        Reason Code:CWE|2.6 Generic Resource Type or Category:CWE*|2.7 Religion:CWE|2.7 Signature:ED
        STZ 2.6 Sterilization Parameter|Sterilization Type:CWE|Sterilization Cycle:CWE|Maintenance Cycle:CWE|\
        Maintenance Type:CWE
        TCC 2.4 Test Code Configuration|Universal Service Identifier:CE>2.6 :CWE!|Equipment Test Application \
        Identifier:EI!|Specimen Source:SPS>2.7 :-|Auto Dilution Factor Default:SN|Rerun Dilution Factor \
        Default:SN|Pre Dilution Factor Default:SN|Endogenous Content of Pre Dilution Diluent:SN|Inventory Limits \
        Warning Level:NM|Automatic Rerun Allowed:ID|Automatic Repeat Allowed:ID|Automatic Reflex Allowed:ID|\
        Equipment Dynamic Range:SN|Units:CE>2.6 :CWE|Processing Type:CE>2.6 :CWE|2.8 Test Criticality:CWE
        TCD 2.4 Test Code Detail|Universal Service Identifier:CE>2.6 :CWE!|Auto Dilution Factor:SN|Rerun Dilution \
        Factor:SN|Pre Dilution Factor:SN|Endogenous Content of Pre Dilution Diluent:SN|Automatic Repeat \
        Allowed:ID|Reflex Allowed:ID|Analyte Repeat Status:CE>2.6 :CWE
        TQ1 2.5 Timing/Quantity|Set ID - TQ1:SI|Quantity:CQ|Repeat Pattern:RPT*|Explicit Time:TM*|Relative Time \
        and Units:CQ*|Service Duration:CQ|Start date/time:TS>2.6 :DTM|End date/time:TS>2.6 :DTM|Priority:CWE*|\
        Condition text:TX|Text instruction:TX|Conjunction:ID|Occurrence duration:CQ|Total occurrences:NM
        TQ2 2.5 Timing/Quantity Relationship|Set ID TQ2:SI|Sequence Results Flag:ID|Related Placer Number:EI*|\
        Related Filler Number:EI*|Related Placer Group Number:EI*|Sequence Condition Code:ID|Cyclic Entry Exit \
        Indicator:ID|Sequence Condition Time Interval:CQ|Cyclic Group Maximum Number of Repeats:NM|Special Service \
        Request Relationship:ID
        TXA 2.3 Transcription Document Header|Set ID - TXA:SI!|Document Type:IS>2.7 :CWE!|Document Content \
        Presentation:ID|Activity Date/Time:TS>2.6 :DTM|Primary Activity Provider Code/Name:XCN*|Origination \
        Date/Time:TS>2.6 :DTM|Transcription Date/Time:TS>2.6 :DTM|Edit Date/Time:TS>2.6 :DTM*|Originator \
        Code/Name:XCN*|Assigned Document Authenticator:XCN*|Transcriptionist Code/Name:XCN*|Unique Document \
        Number:EI!|Parent Document Number:EI|Placer Order Number:EI*|Filler Order Number:EI|Unique Document File \
        Name:ST|Document Completion Status:ID!|Document Confidentiality Status:ID|Document Availability Status:ID|\
        Document Storage Status:ID|Document Change Reason:ST|Authentication Person, Time Stamp (set):PPN*|\
        Distributed Copies (Code and Name of Recipient(s)):XCN*|2.7 Folder Assignment:CWE*|2.7 Document Title:ST*|\
        2.7 Agreed Due Date/Time:DTM
        UAC 2.6 User Authentication Credential|User Authentication Credential Type Code:CWE!|User Authentication \
        Credential:ED!
        UB1 2.1 Uniform Billing 82|Set ID UB1:SI|Blood Deductible:ST>2.2 :NM>2.6 :SI>2.7 :-|Blood Furnished \
        Pints:ST>2.2 :NM>2.7 :-|Blood Replaced Pints:ST>2.2 :NM>2.7 :-|Blood Not Replaced Pints:ST>2.2 :NM>2.7 :-|\
        Co Insurance Days:ST>2.2 :NM>2.7 :-|Condition Code:ID>2.3 :IS>2.7 :-*|Covered Days:ST>2.2 :NM>2.7 :-|Non \
        Covered Days:ST>2.2 :NM>2.7 :-|Value Amount Code:CM>2.3.1 :UVC>2.7 :-*|Number of Grace Days:ST>2.2 :NM>2.7 \
        :-|Special Program Indicator:ID>2.3 :CE>2.6 :CWE>2.7 :-|Psro Ur Approval Indicator:ID>2.3.1 :CE>2.6 \
        :CWE>2.7 :-|Psro Ur Approved Stay Fm:DT>2.7 :-|Psro Ur Approved Stay to:DT>2.7 :-|Occurrence:CM>2.3.1 \
        :OCD>2.7 :-*|Occurrence Span:ID>2.3.1 :CE>2.6 :CWE>2.7 :-|Occur Span Start Date:DT>2.7 :-|Occur Span End \
        Date:DT>2.7 :-|Ub 82 Locator 2:ST>2.7 :-|Ub 82 Locator 9:ST>2.7 :-|Ub 82 Locator 27:ST>2.7 :-|Ub 82 \
        Locator 45:ST>2.7 :-
        UB2 2.2 Uniform Billing 92 Data|Set ID UB2:SI|Co Insurance Days 9:ST|Condition Code 24 30:ID>2.3.1 :IS>2.7 \
        :CWE*|Covered Days 7:ST|Non Covered Days 8:ST|Value Amount Code 39 41:CM>2.3.1 :UVC*|Occurrence Code Date \
        32 35:CM>2.3.1 :OCD*|Occurrence Span Code Dates 36:CM>2.3.1 :OSP*|Uniform Billing Locator 2 State:ST*|\
        Uniform Billing Locator 11 State:ST*|Uniform Billing Locator 31 National:ST|Document Control Number:ST*|\
        Uniform Billing Locator 49 National:ST*|Uniform Billing Locator 56 State:ST*|Uniform Billing Locator 57 \
        Sational:ST|Uniform Billing Locator 78 State:ST*|2.3 Special Visit Count:NM
        URD 2.1 Results/Update Definition|R U Date/Time:TS>2.6 :DTM|Report Priority:ID|R U Who Subject \
        Definition:ST>2.3 :XCN!*|R U What Subject Definition:ID>2.3 :CE>2.6 :CWE*|R U What Department Code:ST>2.3 \
        :CE>2.6 :CWE*|R U Display Print Locations:ST*|R U Results Level:ID
        URS 2.1 Unsolicited Selection|R U Where Subject Definition:ST!*|R U When Data Start Date/Time:TS>2.6 :DTM|\
        R U When Data End Date/Time:TS>2.6 :DTM|R U What User Qualifier:ST*|R U Other Results Subject \
        Definition:ST*|2.2 R U Which Date/Time Qualifier:ID*|2.2 R U Which Date/Time Status Qualifier:ID*|2.2 R U \
        Date/Time Selection Qualifier:ID*|2.3 R U Quantity Timing Qualifier:TQ
        VAR 2.3 Variance|Variance Instance ID:EI!|Documented Date/Time:TS>2.6 :DTM!|Stated Variance \
        Date/Time:TS>2.6 :DTM|Variance Originator:XCN*|Variance Classification:CE>2.6 :CWE|Variance \
        Description:ST*
        VND 2.6 Purchasing Vendor|Set ID VND:SI!|Vendor Identifier:EI!|Vendor Name:ST|Vendor Catalog Number:EI|\
        Primary Vendor Indicator:CNE
        VTQ 2.3 Virtual Table Query Request|Query Tag:ST|Query Response Format Code:ID!|Vt Query Name:CE!|Virtual \
        Table Name:CE!|Selection Criteria:QSC*
        """
}
