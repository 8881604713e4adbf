// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IConsents} from "../interfaces/IConsents.sol";
import {DelegationWorld} from "./DelegationWorld.sol";
import {Vm} from "./Vm.sol";

/// @dev Nobody but the patient or a live delegate widens access, by any sequence of acts. The world requires of each act
/// that it passes exactly when it may.
contract DelegationInvariantsTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    DelegationWorld internal world;

    function setUp() external {
        world = new DelegationWorld();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    function invariant_onlyThePatientOrALiveDelegateWidensAccess() external {
        vm.warp(world.time());
        for (uint256 i = 0; i < world.GRANTS(); ++i) {
            DelegationWorld.Model memory model = world.modelOf(i);
            IConsents.Grant memory g = world.grantOf(i);
            bytes32 id = world.ledger().grantId(g);
            (uint64 grantedAt, , , uint64 revokedAt) = world.ledger().stateOf(g.patient, id);
            require(grantedAt == model.grantedAt && revokedAt == model.revokedAt, "times");
            bool live = grantedAt != 0 && revokedAt == 0 && g.notBefore <= world.time() && world.time() < g.notAfter;
            require(world.ledger().isActive(g.patient, id) == live, "active");
        }
    }
}
