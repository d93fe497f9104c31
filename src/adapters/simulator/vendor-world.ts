import type { Clock } from '../../model/ports.js'
import { World } from './world.js'

/** What the vendor's own group is called where nobody has configured another name. */
export const SIMULATED_STAFF_ROOM = '过审值班群'

/** The cast that a newcomer meets: a vendor's two groups, its staff group, and everybody's chat with the bot. */
export function createVendorWorld({ clock }: { clock: Clock }): World {
  return new World(
    {
      botId: 'bot',
      people: [
        { id: 'bot', name: '过审小助手', part: 'bot' },
        { id: 'wang', name: '王老板', part: 'customer' },
        { id: 'li', name: '小李', part: 'customer' },
        { id: 'chen', name: '陈工', part: 'staff' },
        { id: 'xu', name: '徐经理', part: 'admin' },
      ],
      rooms: [
        {
          id: 'room-xiangtian',
          topic: '想天售后服务群',
          memberIds: ['bot', 'wang', 'li', 'chen', 'xu'],
          displayNames: {},
        },
        {
          id: 'room-tongcheng',
          topic: '同城社区售后群',
          memberIds: ['bot', 'wang', 'li', 'chen'],
          displayNames: { li: '悦邻社区-小李' },
        },
        { id: 'room-staff', topic: SIMULATED_STAFF_ROOM, memberIds: ['bot', 'chen', 'xu'], displayNames: {} },
      ],
      // An admin is known by the remark that the bot's account gave, never by a nick that anyone can take.
      remarks: { xu: '管理员' },
    },
    { clock },
  )
}
