import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { TableModel } from '../template/model.ts';

/**
 * What of an existing table cannot be brought in line with the template: keys, the types of key
 * attributes, indexes and the view of the stream are fixed once a table exists.
 */
export function describeDifferences(model: TableModel, existing: TableDescription): string[] {
  const wanted = shapeOfModel(model);
  const found = shapeOfTable(existing);
  return Object.keys(wanted)
    .filter((aspect) => wanted[aspect] !== found[aspect])
    .map((aspect) => `its ${aspect} is ${found[aspect]}, the template says ${wanted[aspect]}`);
}

function shapeOfModel(model: TableModel): Record<string, string> {
  const types = new Map(model.attributes.map(({ name, type }) => [name, type]));
  const keyText = ({ partition, sort }: TableModel['key']) =>
    [partition, ...(sort === undefined ? [] : [sort])]
      .map((name) => `${name} ${types.get(name)}`)
      .join(', ');
  return {
    key: keyText(model.key),
    'set of indexes': listText(
      model.indexes.map(({ indexName, key, projection }) =>
        indexText(indexName, keyText(key), projection),
      ),
    ),
    stream: model.streamView ?? 'off',
  };
}

function shapeOfTable(table: TableDescription): Record<string, string> {
  const types = new Map(
    table.AttributeDefinitions?.map((attribute) => [
      attribute.AttributeName,
      attribute.AttributeType,
    ]),
  );
  const keyText = (schema: TableDescription['KeySchema'] = []) =>
    schema.map(({ AttributeName }) => `${AttributeName} ${types.get(AttributeName)}`).join(', ');
  const stream = table.StreamSpecification;
  return {
    key: keyText(table.KeySchema),
    'set of indexes': listText(
      (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) =>
        indexText(
          IndexName,
          keyText(KeySchema),
          Projection?.NonKeyAttributes ?? Projection?.ProjectionType,
        ),
      ),
    ),
    stream: stream?.StreamEnabled === true ? String(stream.StreamViewType) : 'off',
  };
}

function indexText(name: string | undefined, key: string, projection: string[] | string = 'ALL') {
  const projected = typeof projection === 'string' ? projection : projection.toSorted().join(' ');
  return `${name} (${key}; ${projected})`;
}

function listText(texts: string[]): string {
  return texts.toSorted().join(' and ') || 'empty';
}
