import { randomBytes } from "node:crypto";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  flattenReferences,
  fromStruct,
  type Properties,
  reveal,
  toStruct,
} from "../../../protocol/properties";
import { parseUrn } from "../../../protocol/urn";
import { type Made, made, serve, standIn } from "../../cli/echo/service";
import { certificateRequest, privateKey, selfSigned, signed } from "./certificates";

/** What makes real values, as the providers `random` and `tls` do, by type. */
const makers: Readonly<Record<string, (inputs: Properties) => Properties>> = {
  "random:index/randomBytes:RandomBytes": ({ length }) => {
    const bytes = randomBytes(Number(length));
    return { hex: bytes.toString("hex"), base64: bytes.toString("base64") };
  },
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/selfSignedCert:SelfSignedCert": selfSigned,
  "tls:index/certRequest:CertRequest": certificateRequest,
  "tls:index/locallySignedCert:LocallySignedCert": signed,
};

/**
 * Stands in for the providers `random`, `tls` and `gitlab`, which are in no registry: passwords, keys and certificates
 * are real ones, since servers use them; what GitLab would make is what it was asked to be.
 */
function make(urn: string, inputs: Struct | undefined): Made {
  const { type } = parseUrn(urn);
  const maker = makers[type];
  if (!maker) return made(urn, inputs);
  const given = flattenReferences(reveal(fromStruct(inputs))) as Properties;
  return { id: randomBytes(8).toString("hex"), outputs: toStruct({ ...given, ...maker(given) }) };
}

void serve(standIn(make));
