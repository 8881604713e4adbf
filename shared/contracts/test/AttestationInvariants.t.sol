// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Credits} from "../Credits.sol";
import {Disputes} from "../Disputes.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {IRecords} from "../interfaces/IRecords.sol";
import {Signature} from "../Signatures.sol";
import {AttestationsBase} from "./AttestationsBase.sol";
import {Vm} from "./Vm.sol";

/// @dev St. Brigid deposits, its supporters vote, patients accept and dispute, the authority approves, withdraws and
/// suspends, in any order. It keeps a plain model; only acts that must pass are submitted as such, so any revert is a
/// fault, and acts that must not pass are tried and required to fail.
contract AttestationWorld is AttestationsBase {
    struct Model {
        bool opened;
        bool accepted;
        IDisputes.Status dispute;
        uint256 votingUntil;
        uint256 points;
        bool clawedBack;
        bytes32[] supporters;
        IAttestations.Choice[] choices;
        uint256[] rounds;
    }

    uint256 public constant DEPOSITS = 4;
    uint256 internal constant FOREVER = type(uint256).max;
    address internal constant ADJUDICATOR = address(0xAD7);

    Disputes public disputes;
    Credits public credits;
    bytes32[] internal _named;
    uint256 internal _namingRound;
    uint256 internal _time = NOW;
    Model[DEPOSITS] internal _models;

    constructor() {
        super.setUp();
        disputes = new Disputes(accreditation);
        credits = new Credits(accreditation, attestations, records, disputes);
        bytes32 role = disputes.ADJUDICATOR_ROLE();
        vm.prank(ADMIN);
        accreditation.grantRole(role, ADJUDICATOR);
    }

    modifier atNow() {
        vm.warp(_time);
        _;
    }

    /// @dev All is set up by the constructor.
    function setUp() public override {}

    function nameSupporters(uint256 mask) external atNow {
        if (!accreditation.isAccredited(ST_BRIGID)) return;
        bytes32[] memory list = new bytes32[](SUPPORTERS);
        uint256 count = 0;
        for (uint256 i = 0; i < SUPPORTERS; ++i) {
            bool wanted = (mask >> i) & 1 == 1 && attestations.isApproved(ST_BRIGID, _supporter(i));
            if (wanted) list[count++] = _supporter(i);
        }
        bytes32[] memory named = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) named[i] = list[i];
        ++_namingRound;
        Signature memory signature = _naming(ST_BRIGID_KEY, named, _namingRound, FOREVER);
        attestations.nameSupporters(ST_BRIGID, named, _namingRound, FOREVER, signature);
        _named = named;
    }

    function approveOrWithdraw(uint256 which) external atNow {
        bytes32 supporter = _supporter(which % SUPPORTERS);
        bool approved = attestations.isApproved(ST_BRIGID, supporter);
        vm.prank(REGISTRAR);
        if (!approved) return attestations.approve(ST_BRIGID, supporter);
        attestations.withdraw(ST_BRIGID, supporter);
        bytes32[] memory former = _named;
        delete _named;
        for (uint256 i = 0; i < former.length; ++i) if (former[i] != supporter) _named.push(former[i]);
    }

    function suspendOrReinstate(uint256 which) external atNow {
        bytes32 organization = which % 4 == 0 ? ST_BRIGID : _supporter(which % SUPPORTERS);
        bool suspended = accreditation.organization(organization).suspended;
        vm.prank(REGISTRAR);
        if (suspended) accreditation.reinstate(organization);
        else accreditation.suspend(organization);
    }

    function open(uint256 index, uint256 duration) external atNow {
        Model storage model = _models[index % DEPOSITS];
        if (model.opened || !accreditation.isAccredited(ST_BRIGID)) return;
        IAttestations.Deposit memory d = _depositOf(index, 1 + (duration % 20 days));
        attestations.open(d, _signDeposit(d, ST_BRIGID_KEY));
        (model.opened, model.votingUntil, model.supporters) = (true, d.votingUntil, _named);
        model.choices = new IAttestations.Choice[](_named.length);
        model.rounds = new uint256[](_named.length);
    }

    function vote(uint256 index, uint256 place, uint256 picked) external atNow {
        Model storage model = _models[index % DEPOSITS];
        if (!model.opened || model.supporters.length == 0 || _time >= model.votingUntil) return;
        place %= model.supporters.length;
        // Half of the votes are for it, so that quorums are reached.
        IAttestations.Choice choice = IAttestations.Choice(picked % 2 == 0 ? 1 : 1 + (picked % 7));
        bool breaks = model.choices[place] == IAttestations.Choice.Approve &&
            choice != IAttestations.Choice.Approve &&
            approvalsOf(index) == quorumOf(index);
        bool mayVote = accreditation.isAccredited(model.supporters[place]) && !breaks;
        uint256 round = model.rounds[place] + 1;
        bool voted = _tryVote(index, place, choice, round);
        require(voted == mayVote, "a vote passed or failed that should not have");
        if (voted) (model.choices[place], model.rounds[place]) = (choice, round);
    }

    function accept(uint256 index) external atNow {
        Model storage model = _models[index % DEPOSITS];
        if (model.accepted) return;
        IRecords.Anchor memory a = IRecords.Anchor(commitmentOf(index), patientOf(index), 0, FOREVER);
        bytes32 digest = records.anchorDigest(a);
        bytes32 typeHash = keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, digest, ST_BRIGID, FOREVER));
        Signature memory accepts = _sign(_patientKey(index), _digest("Carekey Records", address(records), structHash));
        bytes memory act = abi.encodeCall(
            IRecords.anchor,
            (a, ST_BRIGID, _sign(ST_BRIGID_KEY, digest), FOREVER, accepts)
        );
        (model.accepted, ) = address(records).call(act);
        require(model.accepted == accreditation.isAccredited(ST_BRIGID), "a suspended author anchored");
    }

    function disputeOrResolve(uint256 index, bool upheld) external atNow {
        Model storage model = _models[index % DEPOSITS];
        if (model.dispute == IDisputes.Status.Open) {
            vm.prank(ADJUDICATOR);
            disputes.resolve(patientOf(index), commitmentOf(index), upheld, 0);
            model.dispute = upheld ? IDisputes.Status.Upheld : IDisputes.Status.Dismissed;
        } else if (model.dispute == IDisputes.Status.None) {
            bytes32 typeHash = keccak256("Dispute(bytes32 commitment,uint8 reason,bytes32 reasonHash,uint256 deadline)");
            IDisputes.Reason reason = IDisputes.Reason.NotMine;
            bytes32 structHash = keccak256(abi.encode(typeHash, commitmentOf(index), reason, bytes32(0), FOREVER));
            bytes32 digest = _digest("Carekey Disputes", address(disputes), structHash);
            Signature memory signature = _sign(_patientKey(index), digest);
            disputes.dispute(patientOf(index), commitmentOf(index), reason, 0, FOREVER, signature);
            model.dispute = IDisputes.Status.Open;
        }
    }

    /// @dev Claims with the appraisals of all who voted for it and may still sign, or with none.
    function claim(uint256 index, bool appraised) external atNow {
        Model storage model = _models[index % DEPOSITS];
        ICredits.Appraisal[] memory appraisals = appraised ? _appraisals(index) : new ICredits.Appraisal[](0);
        uint256 due = appraisals.length >= quorumOf(index) ? 2 : 1;
        bool entitled = confirmed(index) && model.supporters.length > 0 && accreditation.isAccredited(ST_BRIGID);
        if (model.dispute == IDisputes.Status.Open || model.dispute == IDisputes.Status.Upheld) entitled = false;
        if (due <= model.points || model.clawedBack) entitled = false;
        bytes memory act = abi.encodeCall(
            ICredits.claim,
            (ST_BRIGID, commitmentOf(index), patientOf(index), appraisals)
        );
        (bool claimed, ) = address(credits).call(act);
        require(claimed == entitled, "a claim passed or failed that should not have");
        if (claimed) model.points = due;
    }

    function clawBack(uint256 index) external atNow {
        Model storage model = _models[index % DEPOSITS];
        bool due = model.points > 0 && model.dispute == IDisputes.Status.Upheld;
        bytes memory act = abi.encodeCall(ICredits.clawBack, (ST_BRIGID, commitmentOf(index), patientOf(index)));
        (bool taken, ) = address(credits).call(act);
        require(taken == due, "points were taken or kept that should not have been");
        if (taken) (model.points, model.clawedBack) = (0, true);
    }

    function wait(uint32 duration) external {
        _time += duration % 4 days;
        vm.warp(_time);
    }

    function time() external view returns (uint256) {
        return _time;
    }

    function modelOf(uint256 index) external view returns (Model memory) {
        return _models[index % DEPOSITS];
    }

    function attestationsOf() external view returns (IAttestations) {
        return attestations;
    }

    function commitmentOf(uint256 index) public pure returns (bytes32) {
        return keccak256(abi.encode("statement", index % DEPOSITS));
    }

    function patientOf(uint256 index) public pure returns (address) {
        return vm.addr(_patientKey(index));
    }

    function approvalsOf(uint256 index) public view returns (uint256 count) {
        IAttestations.Choice[] memory choices = _models[index % DEPOSITS].choices;
        for (uint256 i = 0; i < choices.length; ++i) if (choices[i] == IAttestations.Choice.Approve) ++count;
    }

    /// @dev More than half of those named; nobody's where nobody was.
    function quorumOf(uint256 index) public view returns (uint256) {
        uint256 count = _models[index % DEPOSITS].supporters.length;
        return count == 0 ? 0 : (count + 2) / 2;
    }

    function confirmed(uint256 index) public view returns (bool) {
        Model storage model = _models[index % DEPOSITS];
        return model.opened && model.accepted && approvalsOf(index) >= quorumOf(index);
    }

    function _depositOf(uint256 index, uint256 duration) internal view returns (IAttestations.Deposit memory) {
        uint64 until = uint64(_time + duration);
        return IAttestations.Deposit(ST_BRIGID, commitmentOf(index), patientOf(index), until, FOREVER);
    }

    function _patientKey(uint256 index) internal pure returns (uint256) {
        return PATIENT_KEY + (index % 2);
    }

    function _idOf(uint256 index) internal view returns (bytes32) {
        return attestations.depositId(ST_BRIGID, commitmentOf(index), patientOf(index));
    }

    /// @dev A supporter's key follows from its identifier.
    function _keyOf(bytes32 supporter) internal pure returns (uint256) {
        return _key(uint256(supporter) - 1);
    }

    function _tryVote(
        uint256 index,
        uint256 place,
        IAttestations.Choice choice,
        uint256 round
    ) internal returns (bool voted) {
        bytes32 supporter = _models[index % DEPOSITS].supporters[place];
        bytes32 typeHash = keccak256(
            "Vote(bytes32 deposit,bytes32 voter,uint8 choice,uint256 round,uint256 deadline)"
        );
        bytes memory encoded = abi.encode(typeHash, _idOf(index), supporter, choice, round, FOREVER);
        Signature memory signature = _signed(_keyOf(supporter), encoded);
        (voted, ) = address(attestations).call(
            abi.encodeCall(IAttestations.vote, (_idOf(index), place, choice, round, FOREVER, signature))
        );
    }

    function _appraisals(uint256 index) internal view returns (ICredits.Appraisal[] memory appraisals) {
        Model storage model = _models[index % DEPOSITS];
        appraisals = new ICredits.Appraisal[](model.supporters.length);
        uint256 count = 0;
        for (uint256 i = 0; i < appraisals.length; ++i) {
            bytes32 supporter = model.supporters[i];
            if (model.choices[i] != IAttestations.Choice.Approve || !accreditation.isAccredited(supporter)) continue;
            bytes32 typeHash = keccak256("Appraisal(bytes32 deposit,bytes32 voter,uint256 deadline)");
            bytes32 structHash = keccak256(abi.encode(typeHash, _idOf(index), supporter, FOREVER));
            bytes32 digest = _digest("Carekey Credits", address(credits), structHash);
            appraisals[count++] = ICredits.Appraisal(i, FOREVER, _sign(_keyOf(supporter), digest));
        }
        assembly ("memory-safe") {
            mstore(appraisals, count)
        }
    }
}

/// @dev What must hold of deposits, votes and credits after any sequence of acts. The world itself requires that a
/// suspended organization gains nothing: no anchor, no vote, no deposit, no credit.
contract AttestationInvariantsTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bytes32 internal constant ST_BRIGID = keccak256("https://st-brigid.example/organization");
    uint256 internal constant START = 1_800_000_000;

    AttestationWorld internal world;

    function setUp() external {
        world = new AttestationWorld();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    /// @dev One invariant, since each is a campaign of its own.
    function invariant_depositsVotesAndCreditsAreWhatTheModelSays() external {
        vm.warp(world.time());
        _confirmedMeansAQuorumAndThePatientsAcceptance();
        _votesAreThoseOfTheSupportersNamedAtTheOpening();
        _creditsNeverExceedWhatWasEarned();
    }

    function _confirmedMeansAQuorumAndThePatientsAcceptance() internal view {
        for (uint256 i = 0; i < world.DEPOSITS(); ++i) {
            IAttestations.Tally memory tally = world.attestationsOf().tallyOf(
                ST_BRIGID,
                world.commitmentOf(i),
                world.patientOf(i)
            );
            require((tally.status == IAttestations.Status.Confirmed) == world.confirmed(i), "confirmed");
            if (tally.status != IAttestations.Status.Confirmed) continue;
            AttestationWorld.Model memory model = world.modelOf(i);
            require(model.accepted, "confirmed without the patient");
            require(tally.approvals * 2 > model.supporters.length || model.supporters.length == 0, "no quorum");
        }
    }

    function _votesAreThoseOfTheSupportersNamedAtTheOpening() internal view {
        for (uint256 i = 0; i < world.DEPOSITS(); ++i) {
            AttestationWorld.Model memory model = world.modelOf(i);
            bytes32 id = world.attestationsOf().depositId(ST_BRIGID, world.commitmentOf(i), world.patientOf(i));
            (bytes32[] memory voters, IAttestations.Choice[] memory choices, ) = world.attestationsOf().votesOn(id);
            require(voters.length == model.supporters.length, "voters");
            for (uint256 j = 0; j < voters.length; ++j) {
                require(voters[j] == model.supporters[j] && voters[j] != ST_BRIGID, "a stranger votes");
                require(choices[j] == model.choices[j], "a vote changed");
            }
        }
    }

    function _creditsNeverExceedWhatWasEarned() internal view {
        uint256 earned = 0;
        for (uint256 i = 0; i < world.DEPOSITS(); ++i) {
            AttestationWorld.Model memory model = world.modelOf(i);
            require(model.points == 0 || world.confirmed(i), "points for what is not confirmed");
            require(model.points <= 2, "more than two points for one deposit");
            earned += model.points;
        }
        uint256 kept = 0;
        uint256 epoch = world.credits().EPOCH_SECONDS();
        for (uint256 e = START / epoch; e <= world.time() / epoch; ++e) kept += world.credits().pointsIn(ST_BRIGID, e);
        require(kept == earned, "credits");
        require(world.credits().standingOf(ST_BRIGID) <= earned * world.credits().EPOCHS(), "weight");
    }
}
