// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {Signature} from "../Signatures.sol";
import {AttestationsBase} from "./AttestationsBase.sol";

contract VotesTest is AttestationsBase {
    function _refuseDeposit(IAttestations.Deposit memory d, bytes memory reason) internal {
        Signature memory signature = _signDeposit(d, ST_BRIGID_KEY);
        _refuse(reason);
        attestations.open(d, signature);
    }

    function _refuseVote(uint256 index, IAttestations.Choice choice, uint256 round, bytes memory reason) internal {
        Signature memory signature = _signVote(index, choice, round, NOW + 10 days);
        _refuse(reason);
        attestations.vote(id, index, choice, round, NOW + 10 days, signature);
    }

    function testFuzz_opensADeposit(address submitter, uint32 length) public {
        vm.assume(length > 0 && length <= 90 days);
        _name(_all(3), 1);
        IAttestations.Deposit memory d = _deposit();
        d.votingUntil = uint64(NOW + length);
        Signature memory signature = _signDeposit(d, ST_BRIGID_KEY);
        require(_status() == IAttestations.Status.None, "none");
        vm.expectEmit();
        emit IAttestations.DepositOpened(id, ST_BRIGID, COMMITMENT, d.votingUntil);
        vm.prank(submitter);
        attestations.open(d, signature);
        IAttestations.Tally memory t = _tally();
        require(t.status == IAttestations.Status.Pending && !t.accepted, "pending");
        require(t.supporters == 3 && t.quorum == 2 && t.approvals == 0 && t.rejections == 0, "counts");
        require(t.votingUntil == d.votingUntil, "until");
        _refuseDeposit(d, abi.encodeWithSelector(IAttestations.AlreadyOpened.selector, id));
    }

    function testFuzz_refusesADepositThatIsLateEmptyOrTooLong(uint256 deadline, uint64 until) public {
        IAttestations.Deposit memory d = _deposit();
        d.deadline = deadline % NOW;
        _refuseDeposit(d, abi.encodeWithSelector(IAttestations.DeadlinePassed.selector, d.deadline));
        bytes memory invalid = abi.encodeWithSelector(IAttestations.InvalidDeposit.selector);
        d = _deposit();
        d.commitment = 0;
        _refuseDeposit(d, invalid);
        d = _deposit();
        d.subject = address(0);
        _refuseDeposit(d, invalid);
        d = _deposit();
        d.votingUntil = until;
        if (until <= NOW || until > NOW + 90 days) _refuseDeposit(d, invalid);
    }

    function testFuzz_refusesADepositByAnotherKeyOrAltered(uint128 key, uint8 field, bytes32 other) public {
        vm.assume(key != 0 && key != ST_BRIGID_KEY && other != 0 && other != COMMITMENT);
        IAttestations.Deposit memory d = _deposit();
        Signature memory signature = _signDeposit(d, key);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        attestations.open(d, signature);
        signature = _signDeposit(d, ST_BRIGID_KEY);
        field %= 4;
        if (field == 0) d.commitment = other;
        if (field == 1) d.subject = address(uint160(1 + (uint256(other) % 1e9)));
        if (field == 2) d.votingUntil = uint64(NOW + 1 + (uint256(other) % 6 days));
        if (field == 3) d.deadline = NOW + 1 + (uint256(other) % 6 days);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        attestations.open(d, signature);
    }

    function test_refusesADepositByASuspendedAuthor() public {
        _suspend(ST_BRIGID);
        IAttestations.Deposit memory d = _deposit();
        Signature memory signature = _signDeposit(d, ST_BRIGID_KEY);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        attestations.open(d, signature);
    }

    function test_withoutSupportersThePatientAloneConfirms() public {
        _open(0);
        require(_status() == IAttestations.Status.Pending && _tally().quorum == 0, "pending");
        _accept();
        require(_status() == IAttestations.Status.Confirmed, "confirmed");
        _refuseVote(
            0,
            IAttestations.Choice.Approve,
            1,
            abi.encodeWithSelector(IAttestations.UnknownSupporter.selector, 0)
        );
    }

    function test_anotherPatientsAnchorDoesNotAccept() public {
        _accept();
        require(attestations.tallyOf(ST_BRIGID, COMMITMENT, address(0x9)).status == IAttestations.Status.None, "none");
        IAttestations.Deposit memory d = _deposit();
        d.subject = address(0x9);
        attestations.open(d, _signDeposit(d, ST_BRIGID_KEY));
        IAttestations.Tally memory t = attestations.tallyOf(ST_BRIGID, COMMITMENT, address(0x9));
        require(!t.accepted && t.status == IAttestations.Status.Pending, "pending");
    }

    /// @dev Commitment and subject of another's anchor are public: anyone can open a deposit over them.
    function testFuzz_anotherAuthorsAnchorDoesNotAccept(uint8 supporters) public {
        uint256 count = supporters % (SUPPORTERS + 1);
        _open(count);
        _acceptFrom(LINDQVIST, LINDQVIST_KEY);
        for (uint256 i = 0; i < count; ++i) _vote(i, IAttestations.Choice.Approve, 1);
        require(!_tally().accepted && _status() == IAttestations.Status.Pending, "pending");
        vm.warp(NOW + 7 days);
        require(!_tally().accepted && _status() != IAttestations.Status.Confirmed, "never confirmed");
        _accept();
        require(_tally().accepted && _status() == IAttestations.Status.Confirmed, "by its own anchor");
    }

    /// @dev Random votes beside a plain model of who last said what: confirmed implies quorum and acceptance, and stays.
    function testFuzz_countsTheLastVoteOfEach(uint256[14] calldata steps, uint8 acceptAt) public {
        _open(SUPPORTERS);
        uint256[5] memory last;
        uint256 approvals = 0;
        bool confirmed = false;
        for (uint256 i = 0; i < 14; ++i) {
            if (i == acceptAt) _accept();
            uint256 index = steps[i] % SUPPORTERS;
            IAttestations.Choice choice = IAttestations.Choice(1 + ((steps[i] >> 8) % 7));
            if (approvals == 3 && last[index] == 1 && choice != IAttestations.Choice.Approve) {
                _refuseVote(index, choice, i + 1, abi.encodeWithSelector(IAttestations.QuorumReached.selector, id));
            } else {
                _vote(index, choice, i + 1);
                last[index] = uint256(choice);
            }
            uint256 rejections = 0;
            approvals = 0;
            for (uint256 k = 0; k < SUPPORTERS; ++k) {
                if (last[k] == 1) ++approvals;
                if (last[k] > 1) ++rejections;
            }
            IAttestations.Tally memory t = _tally();
            require(t.approvals == approvals && t.rejections == rejections && t.quorum == 3, "counts");
            require(!confirmed || approvals >= 3, "for good");
            confirmed = approvals >= 3 && i >= acceptAt;
            require((t.status == IAttestations.Status.Confirmed) == confirmed, "confirmed");
            require(confirmed || t.status == IAttestations.Status.Pending, "pending");
        }
        (bytes32[] memory voters, IAttestations.Choice[] memory choices, ) = attestations.votesOn(id);
        for (uint256 k = 0; k < SUPPORTERS; ++k) {
            require(voters[k] == _supporter(k) && uint256(choices[k]) == last[k], "votes");
        }
        vm.warp(NOW + 7 days);
        bool accepted = _tally().accepted;
        if (_tally().approvals < 3) require(_status() == IAttestations.Status.Rejected, "rejected");
        else require(_status() == (accepted ? IAttestations.Status.Confirmed : IAttestations.Status.Pending), "kept");
    }

    function testFuzz_aVoteIsCountedAndMayBeSubmittedByAnyone(address submitter, uint8 round, uint8 choice) public {
        vm.assume(round > 0 && round < 128);
        _open(2);
        IAttestations.Choice cast = IAttestations.Choice(1 + (choice % 7));
        Signature memory signature = _signVote(1, cast, round, NOW);
        vm.expectEmit();
        emit IAttestations.Voted(id, _supporter(1), cast);
        vm.prank(submitter);
        attestations.vote(id, 1, cast, round, NOW, signature);
        (, IAttestations.Choice[] memory choices, uint256[] memory rounds) = attestations.votesOn(id);
        require(choices[1] == cast && rounds[1] == round, "cast");
        require(choices[0] == IAttestations.Choice.None && rounds[0] == 0, "the other");
    }

    function testFuzz_refusesAVoteOfAFormerRound(uint8 first, uint256 second) public {
        first = uint8(1 + (first % 127));
        _open(3);
        _vote(0, IAttestations.Choice.Approve, first);
        bytes memory reason = abi.encodeWithSelector(IAttestations.VoteSuperseded.selector, second);
        if (second <= first || second > 127) _refuseVote(0, IAttestations.Choice.Other, second, reason);
        else _vote(0, IAttestations.Choice.Other, second);
    }

    function test_takesVotesAfterTheQuorumUntilTheEnd() public {
        _open(3);
        _accept();
        _vote(0, IAttestations.Choice.Approve, 1);
        vm.warp(NOW + 7 days - 1);
        _vote(1, IAttestations.Choice.Other, 1);
        _vote(1, IAttestations.Choice.Approve, 2);
        _vote(2, IAttestations.Choice.Implausible, 1);
        require(_tally().rejections == 1 && _status() == IAttestations.Status.Confirmed, "counted");
        _vote(2, IAttestations.Choice.Approve, 2);
        _vote(0, IAttestations.Choice.Other, 2);
        require(_tally().approvals == 2 && _tally().rejections == 1, "changed");
        vm.warp(NOW + 7 days);
        bytes memory over = abi.encodeWithSelector(IAttestations.VotingOver.selector, id);
        _refuseVote(0, IAttestations.Choice.Approve, 3, over);
        require(_status() == IAttestations.Status.Confirmed, "confirmed for good");
    }

    function test_refusesAChangeThatBreaksTheQuorum() public {
        _open(3);
        _vote(0, IAttestations.Choice.Approve, 1);
        _vote(0, IAttestations.Choice.Other, 2);
        _vote(0, IAttestations.Choice.Approve, 3);
        _vote(1, IAttestations.Choice.Approve, 1);
        bytes memory reached = abi.encodeWithSelector(IAttestations.QuorumReached.selector, id);
        _refuseVote(0, IAttestations.Choice.Other, 4, reached);
        _refuseVote(1, IAttestations.Choice.Duplicate, 2, reached);
        _vote(1, IAttestations.Choice.Approve, 2);
        require(_tally().approvals == 2, "an approval again");
    }

    function testFuzz_refusesAStrangerAnEmptyChoiceAndAnUnknownDeposit(uint256 index) public {
        bytes memory unknown = abi.encodeWithSelector(IAttestations.UnknownDeposit.selector, id);
        _refuseVote(0, IAttestations.Choice.Approve, 1, unknown);
        _open(3);
        Signature memory signature = _signVote(0, IAttestations.Choice.Approve, 1, NOW);
        if (index > 2) {
            _refuse(abi.encodeWithSelector(IAttestations.UnknownSupporter.selector, index));
        } else if (index > 0) {
            _refuseSignature(vm.addr(_key(index)));
        }
        attestations.vote(id, index, IAttestations.Choice.Approve, 1, NOW, signature);
        bytes memory invalid = abi.encodeWithSelector(IAttestations.InvalidChoice.selector);
        _refuseVote(2, IAttestations.Choice.None, 2, invalid);
    }

    function testFuzz_refusesAVoteAlteredInAnyFieldOrTooLate(uint8 field, uint256 deadline) public {
        _open(3);
        Signature memory signature = _signVote(0, IAttestations.Choice.Approve, 1, deadline);
        if (deadline < NOW) {
            _refuse(abi.encodeWithSelector(IAttestations.DeadlinePassed.selector, deadline));
            return attestations.vote(id, 0, IAttestations.Choice.Approve, 1, deadline, signature);
        }
        vm.assume(deadline > NOW);
        field %= 3;
        _refuseSignature(vm.addr(_key(0)));
        if (field == 0) attestations.vote(id, 0, IAttestations.Choice.Other, 1, deadline, signature);
        if (field == 1) attestations.vote(id, 0, IAttestations.Choice.Approve, 2, deadline, signature);
        if (field == 2) attestations.vote(id, 0, IAttestations.Choice.Approve, 1, deadline - 1, signature);
    }

    function test_refusesAVoteByASuspendedSupporterAndForAnotherChain() public {
        _open(3);
        Signature memory signature = _signVote(0, IAttestations.Choice.Approve, 1, NOW);
        vm.chainId(4242);
        _refuseSignature(vm.addr(_key(0)));
        attestations.vote(id, 0, IAttestations.Choice.Approve, 1, NOW, signature);
        vm.chainId(HOME_CHAIN);
        _suspend(_supporter(0));
        _refuseOrganization(_supporter(0), IAccreditation.Flaw.Suspended);
        attestations.vote(id, 0, IAttestations.Choice.Approve, 1, NOW, signature);
    }

    function testFuzz_moreThanHalfMustVoteForIt(uint8 supporters) public {
        uint256 count = 1 + (supporters % SUPPORTERS);
        _open(count);
        _accept();
        uint256 approvals = 0;
        while (_status() != IAttestations.Status.Confirmed) {
            require(2 * approvals <= count, "more than half, and not confirmed");
            _vote(approvals, IAttestations.Choice.Approve, 1);
            ++approvals;
        }
        require(2 * approvals > count && _tally().quorum == approvals, "confirmed by half or less");
    }

    function test_keepsTheSupportersNamedWhenItWasOpened() public {
        _open(3);
        _name(_all(1), 2);
        require(_tally().supporters == 3, "supporters");
        _vote(2, IAttestations.Choice.Approve, 1);
        require(_tally().approvals == 1, "vote");
    }
}
