// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../interfaces/IAttestations.sol";
import {AttestationWorld} from "./AttestationWorld.sol";
import {Vm} from "./Vm.sol";

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
