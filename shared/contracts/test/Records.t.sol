// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccreditation} from "../interfaces/IAccreditation.sol";
import {IRecords} from "../interfaces/IRecords.sol";
import {Records} from "../Records.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

contract RecordsTest is Base {
    function _anchor() internal view returns (IRecords.Anchor memory) {
        return
            IRecords.Anchor({
                commitment: keccak256("statement"),
                subject: patient,
                previous: 0,
                deadline: NOW + 1 hours
            });
    }

    function _anchorDigest(IRecords.Anchor memory a) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Anchor(bytes32 commitment,address subject,bytes32 previous,uint256 deadline)"
        );
        return _digest("Carekey Records", address(records), keccak256(abi.encode(typeHash, a)));
    }

    function _acceptanceDigest(bytes32 digest, bytes32 author, uint256 deadline) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");
        return
            _digest("Carekey Records", address(records), keccak256(abi.encode(typeHash, digest, author, deadline)));
    }

    function _authors(IRecords.Anchor memory a) internal view returns (Signature memory) {
        return _sign(ST_BRIGID_KEY, _anchorDigest(a));
    }

    function _accepts(IRecords.Anchor memory a) internal view returns (Signature memory) {
        return _sign(PATIENT_KEY, _acceptanceDigest(_anchorDigest(a), ST_BRIGID, NOW));
    }

    function _submit(IRecords.Anchor memory a) internal {
        records.anchor(a, ST_BRIGID, _authors(a), NOW, _accepts(a));
    }

    function _refuseAnchor(IRecords.Anchor memory a, bytes memory reason) internal {
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        _refuse(reason);
        records.anchor(a, ST_BRIGID, authors, NOW, accepts);
    }

    function _requirePlace(
        bytes32 commitment,
        address subject,
        bytes32 author,
        uint256 height,
        uint256 time
    ) internal view {
        (uint64 blockNumber, uint64 timestamp) = records.anchorOf(commitment, subject, author);
        require(blockNumber == height && timestamp == time, "place");
    }

    function testFuzz_anchorsARecord(address submitter, uint256 key, bytes32 commitment, uint40 time, uint32 height)
        public
    {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(commitment != 0);
        time = uint40(NOW + (time % 365 days));
        vm.warp(time);
        vm.roll(height);
        IRecords.Anchor memory a = IRecords.Anchor(commitment, vm.addr(key), 0, time);
        bytes32 digest = _anchorDigest(a);
        require(records.anchorDigest(a) == digest, "digest");
        Signature memory accepts = _sign(key, _acceptanceDigest(digest, ST_BRIGID, time));
        Signature memory authors = _authors(a);
        vm.expectEmit();
        emit IRecords.Anchored(commitment, a.subject, ST_BRIGID);
        vm.prank(submitter);
        records.anchor(a, ST_BRIGID, authors, time, accepts);
        _requirePlace(commitment, a.subject, ST_BRIGID, height, time);
    }

    function testFuzz_knowsNoAnchorThatNobodyMade(bytes32 commitment, address subject, bytes32 author) public {
        IRecords.Anchor memory a = _anchor();
        _submit(a);
        bool made = commitment == a.commitment && subject == patient && author == ST_BRIGID;
        if (!made) _requirePlace(commitment, subject, author, 0, 0);
        if (subject != patient) _requirePlace(a.commitment, subject, ST_BRIGID, 0, 0);
        if (author != ST_BRIGID) _requirePlace(a.commitment, patient, author, 0, 0);
        if (commitment != a.commitment) _requirePlace(commitment, patient, ST_BRIGID, 0, 0);
    }

    /// @dev Who copies a commitment, before or after its author, gets an anchor of its own and takes none.
    function testFuzz_anchorsTheSameCommitmentForEachAuthorAndSubject(bool before) public {
        IRecords.Anchor memory a = _anchor();
        IRecords.Anchor memory copy = _anchor();
        copy.subject = vm.addr(STRANGER_KEY);
        if (!before) _submit(a);
        bytes32 digest = _anchorDigest(copy);
        Signature memory accepts = _sign(STRANGER_KEY, _acceptanceDigest(digest, LINDQVIST, NOW));
        records.anchor(copy, LINDQVIST, _sign(LINDQVIST_KEY, digest), NOW, accepts);
        if (before) _submit(a);
        _requirePlace(a.commitment, patient, ST_BRIGID, block.number, NOW);
        _requirePlace(a.commitment, copy.subject, LINDQVIST, block.number, NOW);
        _requirePlace(a.commitment, patient, LINDQVIST, 0, 0);
        _requirePlace(a.commitment, copy.subject, ST_BRIGID, 0, 0);
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.AlreadyAnchored.selector, a.commitment));
    }

    function test_anchorsVersionsAndForks() public {
        IRecords.Anchor memory a = _anchor();
        _submit(a);
        a.previous = a.commitment;
        a.commitment = "second";
        vm.expectEmit();
        emit IRecords.Superseded("second", patient, ST_BRIGID, keccak256("statement"));
        _submit(a);
        a.commitment = "fork";
        _submit(a);
    }

    function testFuzz_refusesAnAnchorWhoseDeadlinePassed(uint256 deadline) public {
        vm.assume(deadline < NOW);
        IRecords.Anchor memory a = _anchor();
        a.deadline = deadline;
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.DeadlinePassed.selector, deadline));
    }

    function testFuzz_refusesAnAcceptanceWhoseDeadlinePassed(uint256 deadline) public {
        vm.assume(deadline < NOW);
        IRecords.Anchor memory a = _anchor();
        Signature memory authors = _authors(a);
        Signature memory accepts = _sign(PATIENT_KEY, _acceptanceDigest(_anchorDigest(a), ST_BRIGID, deadline));
        _refuse(abi.encodeWithSelector(IRecords.DeadlinePassed.selector, deadline));
        records.anchor(a, ST_BRIGID, authors, deadline, accepts);
    }

    function test_refusesAZeroCommitment() public {
        IRecords.Anchor memory a = _anchor();
        a.commitment = 0;
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.InvalidCommitment.selector));
    }

    function test_refusesACommitmentTwice() public {
        IRecords.Anchor memory a = _anchor();
        _submit(a);
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.AlreadyAnchored.selector, a.commitment));
        a.deadline += 1;
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.AlreadyAnchored.selector, a.commitment));
    }

    function testFuzz_refusesAPreviousVersionThatIsNotAnchored(bytes32 previous) public {
        vm.assume(previous != 0);
        IRecords.Anchor memory a = _anchor();
        a.previous = previous;
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.UnknownPrevious.selector, previous));
    }

    function test_refusesAPreviousVersionOfAnotherSubject() public {
        IRecords.Anchor memory other = _anchor();
        (other.subject, other.commitment) = (vm.addr(STRANGER_KEY), "other");
        Signature memory accepts = _sign(STRANGER_KEY, _acceptanceDigest(_anchorDigest(other), ST_BRIGID, NOW));
        records.anchor(other, ST_BRIGID, _authors(other), NOW, accepts);
        IRecords.Anchor memory a = _anchor();
        a.previous = "other";
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.UnknownPrevious.selector, a.previous));
    }

    function test_refusesAPreviousVersionOfAnotherAuthor() public {
        IRecords.Anchor memory other = _anchor();
        other.commitment = "other";
        bytes32 digest = _anchorDigest(other);
        Signature memory accepts = _sign(PATIENT_KEY, _acceptanceDigest(digest, LINDQVIST, NOW));
        records.anchor(other, LINDQVIST, _sign(LINDQVIST_KEY, digest), NOW, accepts);
        IRecords.Anchor memory a = _anchor();
        a.previous = "other";
        _refuseAnchor(a, abi.encodeWithSelector(IRecords.UnknownPrevious.selector, a.previous));
    }

    function test_refusesAnAuthorWhoIsNotAccredited() public {
        IRecords.Anchor memory a = _anchor();
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        _refuseOrganization("nobody", IAccreditation.Flaw.Unknown);
        records.anchor(a, "nobody", authors, NOW, accepts);
        _suspend(ST_BRIGID);
        _refuseOrganization(ST_BRIGID, IAccreditation.Flaw.Suspended);
        records.anchor(a, ST_BRIGID, authors, NOW, accepts);
    }

    function testFuzz_refusesAnAnchorSignedByAnyoneElse(uint256 key) public {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(key != ST_BRIGID_KEY);
        IRecords.Anchor memory a = _anchor();
        Signature memory signature = _sign(key, _anchorDigest(a));
        Signature memory accepts = _accepts(a);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        records.anchor(a, ST_BRIGID, signature, NOW, accepts);
    }

    function testFuzz_refusesAnAcceptanceSignedByAnyoneElse(uint256 key) public {
        key = (key % (CURVE_ORDER - 1)) + 1;
        vm.assume(key != PATIENT_KEY);
        IRecords.Anchor memory a = _anchor();
        Signature memory authors = _authors(a);
        Signature memory signature = _sign(key, _acceptanceDigest(_anchorDigest(a), ST_BRIGID, NOW));
        _refuseSignature(patient);
        records.anchor(a, ST_BRIGID, authors, NOW, signature);
    }

    function testFuzz_refusesASubjectOfTheZeroAddress(Signature calldata signature) public {
        IRecords.Anchor memory a = _anchor();
        a.subject = address(0);
        Signature memory authors = _authors(a);
        _refuseSignature(address(0));
        records.anchor(a, ST_BRIGID, authors, NOW, signature);
    }

    /// @dev The wrong-field matrix: neither signature passes for an anchor that differs in any one field.
    function testFuzz_refusesAnAnchorAlteredInAnyField(uint256 field, bytes32 other) public {
        IRecords.Anchor memory a = _anchor();
        _submit(a);
        a.previous = a.commitment;
        a.commitment = "second";
        bytes32 digest = _anchorDigest(a);
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        field %= 4;
        if (field == 0) a.commitment = other;
        if (field == 1) (a.subject, a.previous) = (address(uint160(uint256(other))), bytes32(0));
        if (field == 2) a.previous = 0;
        if (field == 3) a.deadline = NOW + (uint256(other) % 10_000 days);
        vm.assume(_anchorDigest(a) != digest && a.commitment != 0 && a.commitment != keccak256("statement"));
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        records.anchor(a, ST_BRIGID, authors, NOW, accepts);
        Signature memory again = _authors(a);
        _refuseSignature(a.subject);
        records.anchor(a, ST_BRIGID, again, NOW, accepts);
    }

    function testFuzz_refusesAnAcceptanceAlteredInAnyField(uint256 deadline) public {
        vm.assume(deadline > NOW);
        IRecords.Anchor memory a = _anchor();
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        _refuseSignature(patient);
        records.anchor(a, ST_BRIGID, authors, deadline, accepts);
        // Another organization signs the same anchor: the patient accepted it from St. Brigid alone.
        Signature memory others = _sign(LINDQVIST_KEY, _anchorDigest(a));
        _refuseSignature(patient);
        records.anchor(a, LINDQVIST, others, NOW, accepts);
    }

    function test_refusesEveryMalformedSignature() public {
        IRecords.Anchor memory a = _anchor();
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        Signature[] memory forms = _malformed(authors);
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(vm.addr(ST_BRIGID_KEY));
            records.anchor(a, ST_BRIGID, forms[i], NOW, accepts);
        }
        forms = _malformed(accepts);
        for (uint256 i = 0; i < forms.length; ++i) {
            _refuseSignature(patient);
            records.anchor(a, ST_BRIGID, authors, NOW, forms[i]);
        }
    }

    function testFuzz_refusesAnAnchorSignedForAnotherChain(uint64 chain) public {
        vm.assume(chain != 0 && chain != HOME_CHAIN);
        IRecords.Anchor memory a = _anchor();
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        vm.chainId(chain);
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        records.anchor(a, ST_BRIGID, authors, NOW, accepts);
        Signature memory again = _authors(a);
        _refuseSignature(patient);
        records.anchor(a, ST_BRIGID, again, NOW, accepts);
    }

    function test_refusesAnAnchorSignedForAnotherContract() public {
        Records twin = new Records(accreditation);
        IRecords.Anchor memory a = _anchor();
        (Signature memory authors, Signature memory accepts) = (_authors(a), _accepts(a));
        _refuseSignature(vm.addr(ST_BRIGID_KEY));
        twin.anchor(a, ST_BRIGID, authors, NOW, accepts);
    }
}
