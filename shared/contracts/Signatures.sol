// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title One way to check a signature
/// @dev Plain keys only. The 64-byte form, v 0 or 1, a high s and the zero address are all refused with the same error.
library Signatures {
    /// @notice The signature is malformed or not by this address.
    error InvalidSignature(address expected);

    function check(bytes32 digest, bytes calldata signature, address expected) internal pure {
        (address recovered, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure != ECDSA.RecoverError.NoError || recovered != expected) revert InvalidSignature(expected);
    }
}
