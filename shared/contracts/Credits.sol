// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {Signatures} from "./Signatures.sol";

/// @title Credits
/// @dev The interface is the manual.
contract Credits is ICredits, Domain {
    bytes32 private constant APPRAISAL_TYPEHASH =
        keccak256("Appraisal(bytes32 deposit,bytes32 voter,uint256 deadline)");

    /// @notice How long a point keeps its weight.
    uint256 public constant EPOCH_SECONDS = 30 days;
    /// @notice How many epochs a point counts.
    uint256 public constant EPOCHS = 12;

    /// @notice The registry that says who is accredited.
    IAccreditation public immutable ACCREDITATION;
    /// @notice Where deposits are confirmed.
    IAttestations public immutable ATTESTATIONS;
    /// @notice Where patients accept.
    IRecords public immutable RECORDS;
    /// @notice Where patients dispute.
    IDisputes public immutable DISPUTES;

    mapping(bytes32 deposit => Credit) private _credits;

    /// @inheritdoc ICredits
    mapping(bytes32 organization => mapping(uint256 epoch => uint256)) public pointsIn;

    /// @param accreditation The registry that says who is accredited.
    /// @param attestations Where deposits are confirmed.
    /// @param records Where patients accept.
    /// @param disputes Where patients dispute.
    constructor(
        IAccreditation accreditation,
        IAttestations attestations,
        IRecords records,
        IDisputes disputes
    ) Domain("Carekey Credits") {
        ACCREDITATION = accreditation;
        ATTESTATIONS = attestations;
        RECORDS = records;
        DISPUTES = disputes;
    }

    /// @inheritdoc ICredits
    function claim(bytes32 author, bytes32 commitment, address subject, Appraisal[] calldata appraisals) external {
        Signatures.signerOf(ACCREDITATION, author);
        bytes32 id = ATTESTATIONS.depositId(author, commitment, subject);
        IAttestations.Tally memory tally = ATTESTATIONS.tallyOf(author, commitment, subject);
        if (tally.status != IAttestations.Status.Confirmed) revert NotConfirmed(id);
        if (tally.quorum == 0) revert NobodyAsked(id);
        IDisputes.Status dispute = DISPUTES.disputeOf(subject, commitment).status;
        if (dispute == IDisputes.Status.Open || dispute == IDisputes.Status.Upheld) revert IsDisputed(id);

        Credit storage credit = _credits[id];
        uint8 due = _appraised(id, appraisals) >= tally.quorum ? 2 : 1;
        if (due <= credit.points || credit.clawedBack) revert NothingDue(id);
        uint256 earned = due - credit.points;
        (, uint64 anchoredAt) = RECORDS.anchorOf(commitment, subject, author);
        credit.epoch = uint64(anchoredAt / EPOCH_SECONDS);
        credit.points = due;
        pointsIn[author][credit.epoch] += earned;
        emit Earned(id, author, earned);
    }

    /// @inheritdoc ICredits
    function clawBack(bytes32 author, bytes32 commitment, address subject) external {
        bytes32 id = ATTESTATIONS.depositId(author, commitment, subject);
        Credit storage credit = _credits[id];
        uint256 points = credit.points;
        if (points == 0) revert NothingDue(id);
        if (DISPUTES.disputeOf(subject, commitment).status != IDisputes.Status.Upheld) revert NotUpheld(id);

        (credit.points, credit.clawedBack) = (0, true);
        pointsIn[author][credit.epoch] -= points;
        emit ClawedBack(id, author, points);
    }

    /// @inheritdoc ICredits
    function standingOf(bytes32 organization) external view returns (uint256 weight) {
        uint256 now_ = block.timestamp / EPOCH_SECONDS;
        for (uint256 age = 0; age < EPOCHS && age <= now_; ++age) {
            weight += pointsIn[organization][now_ - age] * (EPOCHS - age);
        }
    }

    /// @inheritdoc ICredits
    function creditOf(bytes32 deposit) external view returns (Credit memory) {
        return _credits[deposit];
    }

    /// @dev How many supporters that voted for the deposit appraise it, each counted once.
    function _appraised(bytes32 id, Appraisal[] calldata appraisals) private view returns (uint256) {
        (bytes32[] memory voters, IAttestations.Choice[] memory choices, ) = ATTESTATIONS.votesOn(id);
        uint256 next = 0;
        for (uint256 i = 0; i < appraisals.length; ++i) {
            Appraisal calldata appraisal = appraisals[i];
            uint256 index = appraisal.index;
            if (block.timestamp > appraisal.deadline) revert DeadlinePassed(appraisal.deadline);
            if (index < next || index >= voters.length) revert InvalidAppraisal(index);
            if (choices[index] != IAttestations.Choice.Approve) revert InvalidAppraisal(index);
            next = index + 1;
            bytes32 structHash = Signatures.hash(APPRAISAL_TYPEHASH, id, voters[index], bytes32(appraisal.deadline));
            address signer = Signatures.signerOf(ACCREDITATION, voters[index]);
            Signatures.check(_digest(_domain(), structHash), appraisal.signature, signer);
        }
        return appraisals.length;
    }
}
