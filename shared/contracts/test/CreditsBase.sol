// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Credits} from "../Credits.sol";
import {Disputes} from "../Disputes.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {Signature} from "../Signatures.sol";
import {AttestationsBase} from "./AttestationsBase.sol";

/// @dev Deposits that are confirmed, appraised and disputed.
abstract contract CreditsBase is AttestationsBase {
    Disputes internal disputes;
    Credits internal credits;

    function setUp() public virtual override {
        super.setUp();
        disputes = new Disputes(accreditation);
        credits = new Credits(accreditation, attestations, records, disputes);
        bytes32 role = disputes.ADJUDICATOR_ROLE();
        vm.prank(ADMIN);
        accreditation.grantRole(role, REGISTRAR);
    }

    /// @dev Three supporters, of whom two voted for it.
    function _confirm() internal {
        _open(3);
        _accept();
        _vote(0, IAttestations.Choice.Approve, 1);
        _vote(2, IAttestations.Choice.Approve, 1);
    }

    function _none() internal pure returns (ICredits.Appraisal[] memory) {
        return new ICredits.Appraisal[](0);
    }

    function _appraisal(
        uint256 index,
        uint256 key,
        uint256 deadline
    ) internal view returns (ICredits.Appraisal memory) {
        bytes32 typeHash = keccak256("Appraisal(bytes32 deposit,bytes32 voter,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, id, _supporter(index), deadline));
        Signature memory signature = _sign(key, _digest("Carekey Credits", address(credits), structHash));
        return ICredits.Appraisal(index, deadline, signature);
    }

    function _appraisals() internal view returns (ICredits.Appraisal[] memory list) {
        list = new ICredits.Appraisal[](2);
        list[0] = _appraisal(0, _key(0), type(uint256).max);
        list[1] = _appraisal(2, _key(2), type(uint256).max);
    }

    function _claim(ICredits.Appraisal[] memory appraisals) internal {
        credits.claim(ST_BRIGID, COMMITMENT, patient, appraisals);
    }

    function _disputed(uint256 key, address subject) internal {
        bytes32 typeHash = keccak256(
            "Dispute(bytes32 commitment,uint8 reason,bytes32 reasonHash,uint256 deadline)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, COMMITMENT, IDisputes.Reason.NotCorrect, bytes32(0), type(uint256).max)
        );
        Signature memory signature = _sign(key, _digest("Carekey Disputes", address(disputes), structHash));
        disputes.dispute(subject, COMMITMENT, IDisputes.Reason.NotCorrect, 0, type(uint256).max, signature);
    }

    function _resolve(bool upheld) internal {
        vm.prank(REGISTRAR);
        disputes.resolve(patient, COMMITMENT, upheld, 0);
    }
}
