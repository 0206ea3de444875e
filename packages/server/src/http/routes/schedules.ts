import { MillraceError } from '@millrace/errors';
import type { ServedWorkflow } from '../../daemon/daemon.ts';
import { isoTime } from '../../times/iso-time.ts';
import { findServed } from '../find-served.ts';
import type { HttpWorld } from '../http-world.ts';
import { dueJson, scheduleJson } from '../json/schedule-json.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { list, object, ref, time } from '../schemas/object.ts';
import { limit, workflowId } from '../schemas/parameters.ts';

interface OfWorkflow {
  readonly workflow: string;
}

/** Schedules of the workflows that are served. The workflow stands in the query or the body, as its id may have slashes. */
export const scheduleRoutes = ({ daemon }: HttpWorld): readonly Route[] => {
  const scheduleOf = (id: string) => scheduleOfJson(findScheduled(findServed(daemon, id)));
  const change = (id: string, act: (id: string) => void) => {
    act(findScheduled(findServed(daemon, id)).id);
    return scheduleOf(id);
  };
  return [
    defineRoute({
      method: 'GET',
      url: '/api/schedules',
      schema: {
        tags: ['schedules'],
        operationId: 'listSchedules',
        summary: 'The schedules of all workflows that have one.',
        response: answers(
          object({ schedules: list(ref('ScheduleOf'), 'Sorted by the id of the workflow.') }),
          'The schedules.',
        ),
      },
      handle: () => ({
        schedules: daemon.workflows().filter(isScheduled).map(scheduleOfJson),
      }),
    }),
    defineRoute<{ query: OfWorkflow & { readonly limit: number } }>({
      method: 'GET',
      url: '/api/schedules/dues',
      schema: {
        tags: ['schedules'],
        operationId: 'listDues',
        summary: 'What became of the times at which a schedule was due, newest first.',
        querystring: object({ workflow: workflowId, 'limit?': limit(1_000, 50) }),
        response: answers(object({ dues: list(ref('Due'), 'Newest first.') }), 'The due times.'),
      },
      handle: ({ query }) => {
        const { id } = findScheduled(findServed(daemon, query.workflow));
        return { dues: daemon.dues(id, query.limit).map(dueJson) };
      },
    }),
    defineRoute<{ body: OfWorkflow }>({
      method: 'POST',
      url: '/api/schedules/trigger',
      schema: {
        tags: ['schedules'],
        operationId: 'triggerSchedule',
        summary: 'Starts what a schedule would, now.',
        body: object({ workflow: workflowId }),
        response: answers(object({ due: time('What the run is called by.') }), 'It waits for its turn, or runs.'),
      },
      handle: ({ body }) => ({ due: isoTime(daemon.trigger(findScheduled(findServed(daemon, body.workflow)).id)) }),
    }),
    defineRoute<{ body: OfWorkflow }>({
      method: 'POST',
      url: '/api/schedules/pause',
      schema: {
        tags: ['schedules'],
        operationId: 'pauseSchedule',
        summary: 'Has a schedule start nothing until it is resumed; what runs goes on.',
        body: object({ workflow: workflowId }),
        response: answers(ref('ScheduleOf'), 'The schedule, paused.'),
      },
      handle: ({ body }) => change(body.workflow, (id) => daemon.pause(id)),
    }),
    defineRoute<{ body: OfWorkflow }>({
      method: 'POST',
      url: '/api/schedules/resume',
      schema: {
        tags: ['schedules'],
        operationId: 'resumeSchedule',
        summary: 'Lets a schedule go on; failures so far count no more.',
        body: object({ workflow: workflowId }),
        response: answers(ref('ScheduleOf'), 'The schedule, as it goes on.'),
      },
      handle: ({ body }) => change(body.workflow, (id) => daemon.unpause(id)),
    }),
    defineRoute<{ body: OfWorkflow & { readonly from: string; readonly to: string } }>({
      method: 'POST',
      url: '/api/schedules/backfill',
      schema: {
        tags: ['schedules'],
        operationId: 'backfillSchedule',
        summary: 'Runs each due time of the past that has no run; no more than 10,000.',
        body: object({ workflow: workflowId, from: time('Inclusive.'), to: time('Exclusive.') }),
        response: answers(
          object({ dues: list(time('A due time.'), 'Those that will be run.') }),
          'They wait for their turn.',
        ),
      },
      handle: ({ body: { workflow, from, to } }) => {
        const { id } = findScheduled(findServed(daemon, workflow));
        return { dues: daemon.backfill(id, Date.parse(from), Date.parse(to)).map(isoTime) };
      },
    }),
  ];
};

type Scheduled = ServedWorkflow & Required<Pick<ServedWorkflow, 'schedule'>>;

function findScheduled(workflow: ServedWorkflow): Scheduled {
  if (isScheduled(workflow)) return workflow;
  throw new MillraceError('USAGE_INVALID', `The workflow \`${workflow.id}\` has no schedule.`, {
    hint: 'Write one: see `schedule` in docs/workflows.md.',
  });
}

const isScheduled = (workflow: ServedWorkflow): workflow is Scheduled => workflow.schedule !== undefined;

const scheduleOfJson = ({ id, schedule }: Scheduled) => ({ workflow: id, ...scheduleJson(schedule) });
