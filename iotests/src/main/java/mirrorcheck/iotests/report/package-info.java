// SPDX-License-Identifier: Apache-2.0
/** One stream of events, and what is made of it: text, TAP, JUnit XML, JSON. */
package mirrorcheck.iotests.report;
