// The door of what is common to all versions of HTTP: the header table, lookups in it, edits of it, and the tables of known methods,
// field names and statuses.

export { CookieCursor, cookieValue, countCookies } from "./cookies.ts";
export {
  appendField,
  appendFieldText,
  editBytesMax,
  removeField,
  replaceMethod,
  replaceStatus,
  replaceTarget,
  replaceTargetPart,
  replaceValue,
  replaceValueText,
} from "./edit.ts";
export { fieldIdOf, fieldIdOfName, fieldIds, fieldNameBytes, fieldNames } from "./field-names.ts";
export {
  type BodyKind,
  bodyKinds,
  copyHead,
  fieldStride,
  HeadTable,
  maxFieldsDefault,
  resetHead,
} from "./head.ts";
export { methodIdOf, methodIds, methodNames } from "./methods.ts";
export { ByteRange } from "./range.ts";
export { reasonOf } from "./status.ts";
export { baseText, pathAndQuery, targetAuthority, targetPath, targetQuery, targetUrl } from "./target.ts";
export { UrlParameterCursor, type UrlParameterKey, urlParameter } from "./url-parameters.ts";
export {
  countAllFields,
  countFields,
  countListValues,
  endOfMember,
  type FieldKey,
  fieldKey,
  fieldValue,
  ListCursor,
  listValue,
  nameAt,
  nextField,
  setTrimmed,
  valueAt,
} from "./values.ts";
