// SPDX-License-Identifier: Apache-2.0
/** What a command line of the storage daemon is made of; knows nothing of what the options mean. */
package mirrorcheck.engine.qmp.cli;
