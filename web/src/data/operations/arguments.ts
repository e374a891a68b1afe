import type { AcceptanceArguments } from "./acceptance";
import type { AskArguments } from "./asks";
import type { DraftArguments } from "./drafts";
import type { FieldArguments } from "./fields";
import type { GoalArguments } from "./goals";
import type { HandArguments } from "./hands";
import type { MarkArguments } from "./marks";
import type { MemberArguments } from "./members";
import type { PostArguments } from "./posts";
import type { ProjectArguments } from "./projects";
import type { SpaceArguments } from "./spaces";
import type { TaskArguments } from "./tasks";
import type { TopicArguments } from "./topics";
import type { ViewArguments } from "./views";

/** Everything a person may do without a network, with what each needs. */
export interface Arguments
	extends PostArguments,
		TopicArguments,
		MarkArguments,
		AskArguments,
		DraftArguments,
		SpaceArguments,
		MemberArguments,
		ProjectArguments,
		FieldArguments,
		ViewArguments,
		TaskArguments,
		HandArguments,
		AcceptanceArguments,
		GoalArguments {}
export type OperationName = keyof Arguments;
export type Call = { [N in OperationName]: { name: N; args: Arguments[N] } }[OperationName];
