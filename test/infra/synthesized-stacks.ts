import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { readConfig } from '../../infra/config.ts';
import { createStacks } from '../../infra/stacks.ts';

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()) });

export interface SynthesizedStacks {
  data: Template;
  chat: Template;
  /** Empty without `hosting`. */
  page: Template;
}

/** The stacks as `cdk deploy` with this context would send them, but with no code bundled. */
export function synthesizeStacks(context: Record<string, unknown>): SynthesizedStacks {
  const cdkJson = cdkJsonSchema.parse(
    JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
  );
  const outdir = mkdtempSync(join(tmpdir(), 'roomcast-infra-'));
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], ...context },
  });
  const stacks = createStacks(
    app,
    readConfig((key) => app.node.tryGetContext(key), '1.2.3'),
  );
  const templates = {
    data: Template.fromStack(stacks.data),
    chat: Template.fromStack(stacks.chat),
    page: stacks.page ? Template.fromStack(stacks.page) : Template.fromString('{}'),
  };
  rmSync(outdir, { recursive: true });
  return templates;
}

export interface CfnResource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
}

/** The resources of one type by logical id. */
export function resourcesOf(template: Template, type: string): [id: string, CfnResource][] {
  return Object.entries(template.findResources(type)) as [string, CfnResource][];
}

const statementSchema = z.object({
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z.unknown(),
});

const policySchema = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** What the roles of the functions allow: one row per statement. */
export function statementsOf(template: Template) {
  return resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const { PolicyDocument, Roles } = policySchema.parse(Properties);
    return PolicyDocument.Statement.map((statement) => ({
      role: Roles.map(({ Ref }) => Ref).join(),
      actions: statement.Action,
      resource: JSON.stringify(statement.Resource),
    }));
  });
}
