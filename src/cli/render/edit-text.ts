import { isCollection, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Edit, Editing } from './edit.ts'
import { editBlock, emptyBlock, replaceInBlock } from './edit-block.ts'
import { editFlow, replaceInFlow } from './edit-flow.ts'
import type { Layout } from './layout.ts'
import { type Branch, branchOf, type Child, type Kept, type Plan } from './plan.ts'
import { endOf, type ItemPlace, itemPlaces } from './text-places.ts'

/** The edits that a plan asks for. @throws NotAsText where it is written in a way that this can't do */
export function editsOf(plan: Plan, text: string, layout: Layout): Edit[] {
  const editing: Editing = { text, layout, edits: [] }
  if (plan.root.children === undefined) return []
  const branch = branchOf(plan.root)
  const from = itemPlaces(branch.node, text)[0]?.start ?? 0
  if (branch.node.flow || branch.children.length > 0) editBranch(editing, branch, undefined)
  else editing.edits.push({ from, to: endOf(branch.node, text), text: isSeq(branch.node) ? '[]' : '{}' })
  return editing.edits
}

function editBranch(editing: Editing, branch: Branch, place: ItemPlace | undefined): void {
  const places = itemPlaces(branch.node, editing.text)
  // What is inside comes first: it stands before what is added behind it.
  for (const child of branch.children) {
    const own = child.index === undefined ? undefined : places[child.index]
    if (own) editItem(editing, branch.node, child, own)
  }
  if (branch.node.flow) editFlow(editing, branch, places)
  else editBlock(editing, branch, places, place)
}

function editItem(editing: Editing, parent: YAMLMap | YAMLSeq, { planned }: Child, place: ItemPlace): void {
  const replace = parent.flow ? replaceInFlow : replaceInBlock
  if ('value' in planned) replace(editing, parent, place, planned.value)
  if ('value' in planned || planned.children === undefined) return
  const branch = branchOf(planned)
  const isEmpty = isCollection(planned.node) && planned.node.items.length === 0
  if (isEmpty && !parent.flow) replaceInBlock(editing, parent, place, valueOfNew(branch))
  else if (!branch.node.flow && branch.children.length === 0)
    emptyBlock(editing, branch.node, place, isSeq(branch.node) ? ' []' : ' {}')
  else editBranch(editing, branch, place)
}

/** The value of a collection whose children are all new. */
function valueOfNew({ node, children }: Branch): unknown {
  const values = children.map(({ planned }: { planned: Child['planned'] }) =>
    'value' in planned ? planned.value : (planned as Kept)
  )
  return isSeq(node) ? values : Object.fromEntries(children.map(({ key = '' }, index) => [key, values[index]]))
}
