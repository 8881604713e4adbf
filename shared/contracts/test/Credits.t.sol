// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {CreditsBase} from "./CreditsBase.sol";

contract CreditsTest is CreditsBase {
    function _refuseClaim(bytes4 selector) internal {
        _refuse(abi.encodeWithSelector(selector, id));
        _claim(_none());
    }

    function _credit(bytes32 organization) internal view returns (uint256) {
        return credits.standingOf(organization);
    }

    function testFuzz_creditsAConfirmedDepositAndMoreOnceItIsAppraised(address submitter, bool atOnce) public {
        _confirm();
        if (!atOnce) {
            vm.expectEmit();
            emit ICredits.Earned(id, ST_BRIGID, 1);
            vm.prank(submitter);
            _claim(_none());
            require(_credit(ST_BRIGID) == 12, "one point");
            _refuseClaim(ICredits.NothingDue.selector);
        }
        ICredits.Appraisal[] memory appraisals = _appraisals();
        vm.expectEmit();
        emit ICredits.Earned(id, ST_BRIGID, atOnce ? 2 : 1);
        vm.prank(submitter);
        _claim(appraisals);
        require(_credit(ST_BRIGID) == 24 && credits.creditOf(id).points == 2, "two points");
        require(credits.pointsIn(ST_BRIGID, NOW / 30 days) == 2, "epoch");
        for (uint256 i = 0; i < SUPPORTERS; ++i) require(_credit(_supporter(i)) == 0, "none for a vote");
        _refuse(abi.encodeWithSelector(ICredits.NothingDue.selector, id));
        _claim(appraisals);
    }

    function test_creditsNothingThatIsNotConfirmed() public {
        _refuseClaim(ICredits.NotConfirmed.selector);
        _open(3);
        _vote(0, IAttestations.Choice.Approve, 1);
        _vote(1, IAttestations.Choice.Approve, 1);
        _refuseClaim(ICredits.NotConfirmed.selector);
        _accept();
        _claim(_none());
    }

    function test_creditsNothingThatNobodyButThePatientConfirmed() public {
        _open(0);
        _accept();
        _refuseClaim(ICredits.NobodyAsked.selector);
    }

    /// @dev Commitment and subject of another's anchor are public: anyone can open a deposit over them.
    function test_earnsNothingWithAnotherAuthorsAnchor() public {
        _open(3);
        _acceptFrom(LINDQVIST, LINDQVIST_KEY);
        _vote(0, IAttestations.Choice.Approve, 1);
        _vote(2, IAttestations.Choice.Approve, 1);
        _refuseClaim(ICredits.NotConfirmed.selector);
        require(_credit(ST_BRIGID) == 0 && _credit(LINDQVIST) == 0, "nobody earned");
        _accept();
        _claim(_none());
        require(_credit(ST_BRIGID) == 12, "its own");
    }

    function test_aSuspendedOrganizationGainsNothing() public {
        _confirm();
        _suspend(ST_BRIGID);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        _claim(_none());
    }

    function test_fewerAppraisalsThanTheQuorumCountForNothing() public {
        _confirm();
        ICredits.Appraisal[] memory one = new ICredits.Appraisal[](1);
        one[0] = _appraisal(0, _key(0), NOW);
        _claim(one);
        require(credits.creditOf(id).points == 1, "one point");
    }

    function testFuzz_refusesAnAppraisalThatDoesNotCount(uint256 index, uint128 key) public {
        _confirm();
        vm.assume(key != 0 && key != _key(0));
        ICredits.Appraisal[] memory list = _appraisals();
        list[0].deadline = NOW - 1;
        _refuse(abi.encodeWithSelector(ICredits.DeadlinePassed.selector, NOW - 1));
        _claim(list);
        list[0] = _appraisal(0, key, NOW);
        _refuseSignature(vm.addr(_key(0)));
        _claim(list);
        (list[0], list[1]) = (_appraisal(0, _key(0), NOW), _appraisal(0, _key(0), NOW));
        _refuse(abi.encodeWithSelector(ICredits.InvalidAppraisal.selector, 0));
        _claim(list);
        (list[0], list[1]) = (_appraisal(2, _key(2), NOW), _appraisal(0, _key(0), NOW));
        _refuse(abi.encodeWithSelector(ICredits.InvalidAppraisal.selector, 0));
        _claim(list);
        if (index == 0 || index == 2) return;
        list[0].index = index;
        _refuse(abi.encodeWithSelector(ICredits.InvalidAppraisal.selector, index));
        _claim(list);
    }

    function test_refusesAnAppraisalOfAnotherDepositAndBySuspendedSupporters() public {
        _confirm();
        ICredits.Appraisal[] memory list = _appraisals();
        id = keccak256("another deposit");
        list[1] = _appraisal(2, _key(2), NOW);
        _refuseSignature(vm.addr(_key(2)));
        _claim(list);
        id = attestations.depositId(ST_BRIGID, COMMITMENT, patient);
        list = _appraisals();
        _suspend(_supporter(2));
        _refuseOrganization(_supporter(2), IAccreditation.Flaw.Suspended);
        _claim(list);
    }

    function test_takesBackWhatADisputedDepositEarned() public {
        _confirm();
        _refuse(abi.encodeWithSelector(ICredits.NothingDue.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        _claim(_appraisals());
        _refuse(abi.encodeWithSelector(ICredits.NotUpheld.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        _disputed(PATIENT_KEY, patient);
        _refuse(abi.encodeWithSelector(ICredits.NotUpheld.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        _resolve(true);
        vm.expectEmit();
        emit ICredits.ClawedBack(id, ST_BRIGID, 2);
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        require(_credit(ST_BRIGID) == 0, "taken back");
        require(credits.creditOf(id).clawedBack && credits.creditOf(id).points == 0, "kept");
        _refuse(abi.encodeWithSelector(ICredits.NothingDue.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        _refuseClaim(ICredits.IsDisputed.selector);
    }

    function test_creditsNothingWhileADisputeIsOpenAndAgainOnceItIsDismissed() public {
        _confirm();
        _disputed(PATIENT_KEY, patient);
        _refuseClaim(ICredits.IsDisputed.selector);
        _resolve(false);
        _claim(_none());
        _refuse(abi.encodeWithSelector(ICredits.NotUpheld.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
    }

    function test_aStrangersDisputeTakesNothing() public {
        _confirm();
        _claim(_none());
        _disputed(STRANGER_KEY, vm.addr(STRANGER_KEY));
        vm.prank(REGISTRAR);
        disputes.resolve(vm.addr(STRANGER_KEY), COMMITMENT, true, 0);
        _refuse(abi.encodeWithSelector(ICredits.NotUpheld.selector, id));
        credits.clawBack(ST_BRIGID, COMMITMENT, patient);
        bytes32 other = attestations.depositId(ST_BRIGID, COMMITMENT, vm.addr(STRANGER_KEY));
        _refuse(abi.encodeWithSelector(ICredits.NothingDue.selector, other));
        credits.clawBack(ST_BRIGID, COMMITMENT, vm.addr(STRANGER_KEY));
    }

    /// @dev The age counts from the anchor, so that claiming late gains nothing; never more than was earned.
    function testFuzz_runsOutWithinAYear(uint32 claimedAfter, uint32 later) public {
        _confirm();
        uint256 time = NOW + (claimedAfter % 364 days);
        vm.warp(time);
        _claim(_appraisals());
        time += later % 400 days;
        vm.warp(time);
        uint256 age = time / 30 days - NOW / 30 days;
        require(_credit(ST_BRIGID) == (age < 12 ? 2 * (12 - age) : 0), "weight");
        require(_credit(ST_BRIGID) <= 24, "never more than earned");
    }

    function test_standsAtTheBeginningOfTime() public {
        vm.warp(1);
        require(_credit(ST_BRIGID) == 0, "none");
    }
}
